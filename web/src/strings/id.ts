// SPDX-License-Identifier: Apache-2.0
// All areas' words in one chunk. A new area needs its three files and nothing else.
const areas = import.meta.glob<{ [key: string]: string }>('./*.id.json', { eager: true, import: 'default' });

export default Object.assign({}, ...Object.values(areas)) as { [key: string]: string };
