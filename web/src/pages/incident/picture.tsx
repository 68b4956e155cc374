// SPDX-License-Identifier: Apache-2.0
// The picture of one incident: a lane a party, its messages as marks, measures and clocks as bars below, UTC along the
// axis. The arrow keys go from mark to mark, Enter opens. All that it shows stands in tables below as well.
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { kindLabel, useCatalogue } from '../../catalogue';
import { locale, t } from '../../i18n';
import {
  type Bar,
  layOut,
  type Mark,
  moved,
  type Span,
  type Tick,
  type TimelineDuty,
  type TimelineInput,
  wholeSpan,
  zoomed,
} from '../../model/timeline';
import { go, to } from '../../router';
import { utcFull } from '../../time';
import type { Catalogue } from '../../types';
import { Button, cx, Name } from '../../ui';

const MARK_ROW = 22;
const BAR_ROW = 16;
const LANE_PAD = 8;
/** two lines of a name */
const LANE_MIN = 54;
const AXIS = 38;

export interface PictureMessage {
  id: string;
  author: string;
  kind: string;
  sent: string;
  title: string;
}

type Shape = 'report' | 'ack' | 'measure' | 'overdue' | 'word';

const shapeOf = (kind: string): Shape =>
  kind.startsWith('incident')
    ? 'report'
    : kind === 'ack'
      ? 'ack'
      : kind === 'measure'
        ? 'measure'
        : kind === 'overdue'
          ? 'overdue'
          : 'word';

/** The same shapes as in the legend. */
function Glyph({ shape, x, y }: { shape: Shape; x: number; y: number }) {
  switch (shape) {
    case 'report':
      return <path d={`M${x} ${y - 8}l8 8-8 8-8-8z`} />;
    case 'measure':
      return <rect x={x - 6.5} y={y - 6.5} width={13} height={13} />;
    case 'overdue':
      return <path d={`M${x} ${y - 8}l8 14h-16z`} />;
    case 'ack':
      return <path class="stroke" d={`M${x - 6} ${y}l4 5 8-9`} />;
    case 'word':
      return <circle cx={x} cy={y} r={6.5} />;
  }
}

function TickLine({ tick, height }: { tick: Tick; height: number }) {
  const iso = new Date(tick.time).toISOString();
  const clock = tick.unit === 'day' ? '' : iso.slice(11, tick.unit === 'second' ? 19 : 16);
  const day = new Intl.DateTimeFormat(locale(), { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(tick.time);
  return (
    <g class={cx('tick', tick.isDay && 'day')}>
      <line x1={tick.x} x2={tick.x} y1={AXIS - 6} y2={height} />
      <text x={tick.x + 3} y={AXIS - 10}>
        {clock}
      </text>
      {tick.isDay && (
        <text x={tick.x + 3} y={AXIS - 25}>
          {day}
        </text>
      )}
    </g>
  );
}

function ClockBar({ bar, top, title }: { bar: Bar<TimelineDuty>; top: number; title: string }) {
  const y = top + bar.level * BAR_ROW + 3;
  return (
    <g class={cx('bar', bar.look)}>
      <title>{title}</title>
      <rect x={bar.x} y={y} width={bar.width} height={10} rx={2} />
      {bar.look === 'overdue' && <path class="over" d={`M${bar.x + bar.width - 10} ${y + 9}l5-8 5 8z`} />}
      {bar.deadlineX !== undefined && (
        <line class="deadline" x1={bar.deadlineX} x2={bar.deadlineX} y1={y - 3} y2={y + 13} />
      )}
    </g>
  );
}

/** A width that follows the element's. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return { box, width };
}

function Legend() {
  const item = (name: string, drawing: ComponentChildren) => (
    <li key={name}>
      <svg viewBox="0 0 24 20" aria-hidden="true" class="picture-svg">
        {drawing}
      </svg>
      {t(`incident.legend.${name}`)}
    </li>
  );
  const mark = (shape: Shape) => item(shape, <g class={cx('mark', shape)}><Glyph shape={shape} x={12} y={10} /></g>);
  const bar = (look: string) =>
    item(look, <g class={cx('bar', look)}><rect x={1} y={5} width={22} height={10} rx={2} /></g>);
  return (
    <ul class="legend">
      {(['report', 'word', 'ack', 'measure', 'overdue'] as const).map(mark)}
      {['running', 'met', 'met-late', 'late'].map((look) => bar(look === 'late' ? 'overdue-clock' : look))}
    </ul>
  );
}

const dutyWords = (duty: TimelineDuty, catalogue: Catalogue | undefined) =>
  t('incident.clock', {
    desk: duty.debtor,
    owe: duty.owe.map((kind) => kindLabel(catalogue, kind)).join(', '),
    state: t(`duty.${duty.state}`),
    deadline: duty.deadline === undefined ? '' : utcFull(Date.parse(duty.deadline)),
  });

export function Picture({
  input,
  messages,
  channel,
  own,
}: {
  input: TimelineInput;
  messages: readonly PictureMessage[];
  channel: string;
  own: string;
}) {
  const catalogue = useCatalogue();
  const { box, width } = useWidth();
  const whole = useMemo(() => wholeSpan(input), [input]);
  const [chosen, setChosen] = useState<Span>();
  const [active, setActive] = useState<string>();
  const svg = useRef<SVGSVGElement>(null);
  const span = chosen ?? whole;
  const picture = useMemo(() => layOut(input, span, Math.max(width, 100)), [input, span.from, span.to, width]);
  const byId = useMemo(() => new Map(messages.map((message) => [message.id, message])), [messages]);

  const heights = picture.lanes.map((lane) =>
    Math.max(
      LANE_MIN,
      LANE_PAD * 2 + lane.messageLevels * MARK_ROW + (lane.measureLevels + lane.clockLevels) * BAR_ROW,
    ),
  );
  const tops: number[] = [];
  heights.reduce((top, height) => (tops.push(top), top + height), AXIS);
  const height = AXIS + heights.reduce((a, b) => a + b, 0) + 4;
  const markY = (mark: Mark) => (tops[mark.lane] ?? 0) + LANE_PAD + mark.level * MARK_ROW + MARK_ROW / 2;
  const measuresTop = (lane: number) => (tops[lane] ?? 0) + LANE_PAD + (picture.lanes[lane]?.messageLevels ?? 0) * MARK_ROW;
  const clocksTop = (lane: number) => measuresTop(lane) + (picture.lanes[lane]?.measureLevels ?? 0) * BAR_ROW;
  const at = (time: number) => ((time - span.from) / (span.to - span.from)) * width;
  const isOn = (time: number) => time >= span.from && time <= span.to;

  const current = picture.marks.some((mark) => mark.id === active) ? active : picture.marks[0]?.id;
  // Closer to the mark that was last looked at, else to where most of them are.
  const looked = picture.marks.find((mark) => mark.id === active) ?? picture.marks[picture.marks.length >> 1];
  const middle = looked && span.from + (looked.x / Math.max(width, 100)) * (span.to - span.from);
  const keys = (event: KeyboardEvent, id: string) => {
    const place = picture.marks.findIndex((mark) => mark.id === id);
    const goal = {
      ArrowRight: place + 1,
      ArrowDown: place + 1,
      ArrowLeft: place - 1,
      ArrowUp: place - 1,
      Home: 0,
      End: picture.marks.length - 1,
    }[event.key];
    const next = goal === undefined ? undefined : picture.marks[goal];
    if (goal === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (!next) return;
    setActive(next.id);
    [...(svg.current?.querySelectorAll<SVGElement>('[data-mark]') ?? [])]
      .find((mark) => mark.getAttribute('data-mark') === next.id)
      ?.focus();
  };
  const named = (mark: Mark): string => {
    const message = byId.get(mark.id);
    if (!message) return mark.id;
    return t('incident.mark', {
      kind: kindLabel(catalogue, message.kind),
      desk: message.author,
      time: utcFull(Date.parse(message.sent)),
      title: message.title,
    });
  };

  return (
    <div class="picture">
      <div class="row-of" role="group" aria-label={t('incident.view')}>
        <Button onClick={() => setChosen(zoomed(span, 0.5, whole, middle))}>{t('incident.closer')}</Button>
        <Button onClick={() => setChosen(zoomed(span, 2, whole, middle))}>{t('incident.wider')}</Button>
        <Button onClick={() => setChosen(moved(span, -0.5, whole))}>{t('incident.earlier')}</Button>
        <Button onClick={() => setChosen(moved(span, 0.5, whole))}>{t('incident.later')}</Button>
        <Button look="quiet" onClick={() => setChosen(undefined)}>
          {t('incident.whole')}
        </Button>
        <span class="soft small" role="status">
          <bdi>{utcFull(span.from)}</bdi> – <bdi>{utcFull(span.to)}</bdi>
        </span>
      </div>
      <div class="lanes">
        <div class="lane-names" aria-hidden="true">
          <div class="axis-name">{t('incident.utc')}</div>
          {picture.lanes.map((lane, i) => (
            <LaneName key={lane.desk} height={heights[i] ?? 0}>
              <Name>{lane.desk}</Name>
              {lane.desk === own && <span class="soft small"> {t('channel.us')}</span>}
            </LaneName>
          ))}
        </div>
        <div class="drawing" ref={box} dir="ltr">
          {width > 0 && (
            <svg
              ref={svg}
              class="picture-svg"
              width={width}
              height={height}
              viewBox={`0 0 ${width} ${height}`}
              role="group"
              aria-label={t('incident.picture')}
            >
              {picture.lanes.map((lane, i) => (
                <rect
                  key={lane.desk}
                  class={cx('lane', i % 2 === 1 && 'odd')}
                  x={0}
                  y={tops[i]}
                  width={width}
                  height={heights[i]}
                />
              ))}
              {picture.ticks.map((tick) => (
                <TickLine key={tick.time} tick={tick} height={height} />
              ))}
              {isOn(input.now) && <line class="now" x1={at(input.now)} x2={at(input.now)} y1={AXIS - 6} y2={height} />}
              {picture.links.map(({ from, to: till }) => (
                <path
                  key={`${from.id} ${till.id}`}
                  class="link"
                  d={`M${from.x} ${markY(from)}C${(from.x + till.x) / 2} ${markY(from)} ${(from.x + till.x) / 2} ${markY(till)} ${till.x} ${markY(till)}`}
                />
              ))}
              {picture.measures.map((bar) => (
                <g class="measure-bar" key={bar.of.id}>
                  <title>{byId.get(bar.of.id)?.title}</title>
                  <rect x={bar.x} y={measuresTop(bar.lane) + bar.level * BAR_ROW + 3} width={bar.width} height={10} />
                </g>
              ))}
              {picture.clocks.map((bar, i) => (
                <ClockBar key={i} bar={bar} top={clocksTop(bar.lane)} title={dutyWords(bar.of, catalogue)} />
              ))}
              {picture.marks.map((mark) => {
                const message = byId.get(mark.id);
                const shape = shapeOf(message?.kind ?? '');
                return (
                  <a
                    key={mark.id}
                    href={to.message(channel, mark.id)}
                    class={cx('mark', shape, message?.author === own ? 'ours' : 'theirs')}
                    tabIndex={mark.id === current ? 0 : -1}
                    data-mark={mark.id}
                    aria-label={named(mark)}
                    onKeyDown={(event) => keys(event, mark.id)}
                    onFocus={() => setActive(mark.id)}
                    onClick={(event) => {
                      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                      event.preventDefault();
                      go(to.message(channel, mark.id));
                    }}
                  >
                    <title>{named(mark)}</title>
                    <circle class="target" cx={mark.x} cy={markY(mark)} r={12} />
                    <Glyph shape={shape} x={mark.x} y={markY(mark)} />
                  </a>
                );
              })}
            </svg>
          )}
        </div>
      </div>
      <Legend />
    </div>
  );
}

function LaneName({ height, children }: { height: number; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.style.setProperty('block-size', `${height}px`), [height]);
  return (
    <div ref={box} class="lane-name">
      {children}
    </div>
  );
}
