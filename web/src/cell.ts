// SPDX-License-Identifier: Apache-2.0
// A value that components follow. All shared state of the console is in a few of these.
import { useEffect, useState } from 'preact/hooks';

export class Cell<T> {
  private followers = new Set<() => void>();
  constructor(private current: T) {}
  get value(): T {
    return this.current;
  }
  set(value: T): void {
    if (Object.is(value, this.current)) return;
    this.current = value;
    for (const follower of [...this.followers]) follower();
  }
  follow(follower: () => void): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }
}

/** The value of a cell; the component is drawn anew when it changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [value, setValue] = useState(cell.value);
  useEffect(() => {
    const take = () => setValue(() => cell.value);
    take();
    return cell.follow(take);
  }, [cell]);
  return value;
}
