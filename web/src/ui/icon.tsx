// SPDX-License-Identifier: Apache-2.0
// Shapes that go with words, never alone: a state is told by word, shape and colour.
const paths = {
  dot: 'M8 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z',
  ring: 'M8 3.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6Zm0 1.8a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z',
  half: 'M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Zm0 1.6v6.8a3.4 3.4 0 1 1 0-6.8Z',
  check: 'M6.4 12.6 2.2 8.4l1.5-1.5 2.7 2.7 5.9-5.9 1.5 1.5-7.4 7.4Z',
  double: 'M4.6 12.4.6 8.4l1.3-1.3 2.7 2.7.9-.9 1.3 1.3-2.2 2.2Zm4.6 0L5.6 8.8l1.3-1.3 2.3 2.3L14 5l1.3 1.3-6.1 6.1Z',
  triangle: 'M8 1.8 15 14H1L8 1.8Zm-.9 4.4.2 4h1.4l.2-4H7.1ZM8 11a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8Z',
  cross: 'M4 2.6 8 6.6l4-4L13.4 4l-4 4 4 4-1.4 1.4-4-4-4 4L2.6 12l4-4-4-4L4 2.6Z',
  square: 'M3.5 3.5h9v9h-9v-9Z',
  diamond: 'M8 2l6 6-6 6-6-6 6-6Z',
  clock: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8Zm0 1.5a4.7 4.7 0 1 1 0 9.4 4.7 4.7 0 0 1 0-9.4Zm-.8 1.6v3.5l2.6 2.4 1-1.1-2.1-1.9V4.9H7.2Z',
  bell: 'M8 1.4a1 1 0 0 1 1 1v.5a4 4 0 0 1 3 3.9v3l1.3 1.9v.7H2.7v-.7L4 9.8v-3a4 4 0 0 1 3-3.9v-.5a1 1 0 0 1 1-1ZM6.4 13.2h3.2a1.6 1.6 0 0 1-3.2 0Z',
  mute: 'M2.4 1.4 14.6 13.6l-1 1-2-2H2.7v-.7L4 10V7c0-.5.1-1 .3-1.5L1.4 2.4l1-1ZM8 1.4a1 1 0 0 1 1 1v.5a4 4 0 0 1 3 3.9v1.9L6.1 3.3 7 2.9v-.5a1 1 0 0 1 1-1ZM6.4 13.2h3.2a1.6 1.6 0 0 1-3.2 0Z',
  up: 'M8 2.5 13.5 8l-1.2 1.2-3.4-3.4v7.7H7.1V5.8L3.7 9.2 2.5 8 8 2.5Z',
  /** towards us; `up` is away from us */
  into: 'M2.5 8 3.7 6.8l3.4 3.4V2.5h1.8v7.7l3.4-3.4L13.5 8 8 13.5 2.5 8Z',
  file: 'M3 1.5h6.5L13 5v9.5H3v-13Zm1.5 1.5v10h7V5.8H8.7V3H4.5Z',
  lock: 'M8 1.5A3.2 3.2 0 0 0 4.8 4.7V6.5H3.5v8h9v-8h-1.3V4.7A3.2 3.2 0 0 0 8 1.5Zm0 1.5a1.7 1.7 0 0 1 1.7 1.7v1.8H6.3V4.7A1.7 1.7 0 0 1 8 3Z',
  menu: 'M2 3.5h12v1.6H2V3.5Zm0 3.7h12v1.6H2V7.2Zm0 3.7h12v1.6H2v-1.6Z',
  keys: 'M2.5 4h11A1.5 1.5 0 0 1 15 5.5v5a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 1 10.5v-5A1.5 1.5 0 0 1 2.5 4Zm0 1.5v5h11v-5h-11ZM3.5 6.5h1.5v1.3H3.5V6.5Zm2.5 0h1.5v1.3H6V6.5Zm2.5 0H10v1.3H8.5V6.5Zm2.5 0h1.5v1.3H11V6.5ZM5 8.6h6v1.2H5V8.6Z',
  down: 'M3.2 5.5 8 10.3l4.8-4.8.9 1L8 12.2 2.3 6.5l.9-1Z',
  copy: 'M5 1.8h8.2v9.4H11v3H2.8V4.8H5v-3Zm1.4 1.4v1.6H11v5h.8V3.2H6.4ZM4.2 6.2v6.6h5.4V6.2H4.2Z',
  person: 'M8 2a3 3 0 1 1 0 6 3 3 0 0 1 0-6Zm0 7c3.2 0 5.5 1.7 5.5 4v1h-11v-1c0-2.3 2.3-4 5.5-4Z',
  plus: 'M7.2 2.5h1.6v4.7h4.7v1.6H8.8v4.7H7.2V8.8H2.5V7.2h4.7V2.5Z',
  sound: 'M8.5 2v12L4.5 10.5H1.5v-5h3L8.5 2Zm2.2 3.2a3.8 3.8 0 0 1 0 5.6l-.9-1a2.4 2.4 0 0 0 0-3.6l.9-1Zm1.8-2a6.3 6.3 0 0 1 0 9.6l-.9-1.1a4.9 4.9 0 0 0 0-7.4l.9-1.1Z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
