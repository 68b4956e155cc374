// SPDX-License-Identifier: Apache-2.0
// A button that keeps a file of the desk. What the desk can't give it says in a toast.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { asProblem, download } from '../../api';
import { Button, toast } from '../../ui';

export function KeepFile({ path, name, children }: { path: string; name: string; children: ComponentChildren }) {
  const [isBusy, setBusy] = useState(false);
  const keep = async () => {
    setBusy(true);
    try {
      await download(path, name);
    } catch (caught) {
      toast(asProblem(caught).message, 'bad');
    }
    setBusy(false);
  };
  return (
    <Button look="quiet" icon="file" busy={isBusy} onClick={() => void keep()}>
      {children}
    </Button>
  );
}
