// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { asProblem, type Problem } from '../../api';

/** Something that is sent to the desk: is it on its way, and what did the desk refuse? */
export function useAct(): {
  busy: boolean;
  problem: Problem | undefined;
  clear: () => void;
  run: (what: () => Promise<void>) => Promise<void>;
} {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = async (what: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await what();
    } catch (caught) {
      setProblem(asProblem(caught));
    }
    setBusy(false);
  };
  return { busy, problem, clear: () => setProblem(undefined), run };
}
