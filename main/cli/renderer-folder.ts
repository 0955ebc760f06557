import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Seen from the bundle (`out/main/cli.js`), and from this source. */
const places = ['../renderer/', '../../out/renderer/']

/** Where the built window is, seen from the module `from`; `undefined` when it was not built. */
export const rendererFolder = (from: string): string | undefined =>
  places.map((place) => fileURLToPath(new URL(place, from))).find((folder) => existsSync(`${folder}index.html`))
