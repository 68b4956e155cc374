// SPDX-License-Identifier: Apache-2.0
// All parts that pages are made of.
export { Alert, ProblemBox, Loading } from './alert';
export { Badge, type Tone, Tlp } from './badge';
export { Button, CopyButton, LinkButton } from './button';
export { cx } from './classes';
export { TimeLeft, TimeText, Ago } from './clock';
export { Confirm, Dialog } from './dialog';
export { Empty } from './empty';
export { CheckField, ChoiceField, Field, SelectField, TextAreaField, TextField } from './field';
export { DropArea, FilesButton } from './files';
export { Fingerprint } from './fingerprint';
export { Icon, type IconName } from './icon';
export { Menu, type MenuItem } from './menu';
export { Id, Name, PeerText, plain } from './peer_text';
export { Progress } from './progress';
export { AlarmWhat, DeliveryWords, DutyWords, StateWords } from './state_words';
export { ScrollFrame } from './scroll_frame';
export { Section, Page } from './section';
export { type Column, Table } from './table';
export { Tabs } from './tabs';
export { toast, Toasts } from './toast';
export { GridCell, VirtualList } from './virtual_list';
