// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { hasMoved } from '../router';
import { pageTitle } from '../title';
import { num } from '../i18n';
import { cx } from './classes';

/** A page: its title, what can be done, its content. The focus goes to the title when the page is opened. */
export function Page({
  title,
  documentTitle,
  actions,
  children,
  class: more,
}: {
  title: ComponentChildren;
  /** for the window, where the title is not plain text */
  documentTitle?: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
  class?: string;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const text = documentTitle ?? (typeof title === 'string' ? title : '');
  useEffect(() => pageTitle.set(text), [text]);
  useEffect(() => {
    if (!hasMoved()) return;
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  return (
    <div class={cx('page', more)}>
      <header class="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page under a heading, with how many things it lists. */
export function Section({
  title,
  count,
  actions,
  children,
  class: more,
}: {
  title: ComponentChildren;
  count?: number;
  actions?: ComponentChildren;
  children: ComponentChildren;
  class?: string;
}) {
  const id = useId();
  return (
    <section class={cx('section', more)} aria-labelledby={id}>
      <header>
        <h2 id={id}>
          {title}
          {count !== undefined && <span class={cx('number', count > 0 && 'some')}>{num(count)}</span>}
        </h2>
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
