import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * The arrows of docs/architecture.md, one line per layer: a file below the folder may import from these and its own. The most
 * specific folder wins. `electron` and `node:` count as layers, so that the engine and the window stay free of them; `package:` is any
 * package, `package:re2js` that one.
 */
const layers: Readonly<Record<string, readonly string[]>> = {
  'main/api': [],
  'main/lib': ['main/api'],
  'main/engine': ['main/api', 'main/lib'],
  'main/engine/judge': [
    'package:@stdlib/stats-base-dists-binomial-cdf',
    'package:@stdlib/stats-base-dists-normal-cdf',
    'package:@stdlib/stats-base-dists-normal-quantile',
  ],
  'main/engine/expr': ['main/engine', 'main/api', 'main/lib', 'package:re2js'],
  'main/engine/fleet-plan': [
    'main/engine',
    'main/api',
    'main/lib',
    'package:rrule-temporal',
    'package:temporal-polyfill',
  ],
  'main/engine/notifications': ['main/engine', 'main/api', 'main/lib', 'package:yaml'],
  'main/cluster': ['main/api', 'main/lib', 'main/engine/decision.ts', 'node:', 'package:'],
  'main/aws': ['main/api', 'main/lib', 'main/engine', 'node:', 'package:'],
  'main/controller': ['main/api', 'main/lib', 'main/engine', 'main/cluster', 'preload/contract', 'node:'],
  'main/metrics': ['main/api', 'main/lib', 'main/engine', 'main/aws', 'main/cluster', 'node:', 'package:'],
  'main/notifications': [
    'main/api',
    'main/lib',
    'main/engine',
    'main/cluster',
    'main/controller/notifications-port.ts',
    'main/metrics/http',
    'node:',
    'package:',
  ],
  'main/fleet': ['main/api', 'main/lib', 'main/engine', 'main/cluster', 'main/controller', 'preload/contract'],
  'main/history': ['main/api', 'main/lib', 'main/engine', 'preload/contract', 'node:', 'package:'],
  'main/diff': [
    'main/api',
    'main/lib',
    'main/engine',
    'main/history/redact-template.ts',
    'main/history/secret-prints.ts',
    'preload/contract',
    'package:diff',
    'package:yaml',
  ],
  'main/time-travel': [
    'main/api',
    'main/lib',
    'main/engine',
    'main/cluster',
    'main/fleet',
    'main/history',
    'preload/contract',
  ],
  'main/bundle': [
    'main/api',
    'main/lib',
    'main/engine',
    'main/cluster/classify-failure.ts',
    'main/fleet-plan',
    'main/version.ts',
    'main/history',
    'main/time-travel',
    'preload/contract',
    'node:',
    'package:',
  ],
  'main/report': [
    'main/diff',
    'main/api',
    'main/lib',
    'main/bundle',
    'main/fleet-plan',
    'main/history',
    'main/time-travel',
    'preload/contract',
    'node:',
  ],
  'main/ipc': ['main/lib', 'main', 'preload/contract', 'node:', 'package:'],
  'main/ipc/electron-host.ts': ['main/lib', 'main/ipc', 'preload/contract', 'electron'],
  'main/serve': ['main/lib', 'main/ipc', 'preload/contract', 'node:', 'package:'],
  'main/window': ['main/lib', 'preload/contract', 'node:', 'electron'],
  'main/sandbox': ['main/api', 'main/lib', 'node:', 'package:'],
  'main/cli': ['main', 'preload/contract', 'node:', 'package:'],
  'main/index.ts': ['main', 'node:', 'electron'],
  main: ['main', 'preload/contract', 'package.json', 'node:', 'package:'],
  'preload/contract': ['main/api', 'main/lib', 'package:'],
  'preload/index.ts': ['preload/contract', 'electron'],
  'renderer/ui': ['package:'],
  'renderer/format': ['preload/contract', 'renderer/ui', 'main/lib', 'package:'],
  renderer: ['preload/contract', 'main/lib', 'package:'],
}

const aliases: Readonly<Record<string, string>> = {
  '#api/': 'main/api/',
  '#lib/': 'main/lib/',
  '#engine/': 'main/engine/',
  '#main/': 'main/',
  '#contract/': 'preload/contract/',
  '#renderer/': 'renderer/',
  '#test/': 'test/',
}

const files = globSync('{main,preload,renderer}/**/*.{ts,tsx}').map((path) => path.replaceAll('\\', '/'))

/** What a file imports: project files by path, else `node:`, `electron` or `package:`. */
function importsOf(file: string): readonly string[] {
  return specifiersIn(readFileSync(file, 'utf8')).map((specifier) => target(file, specifier))
}

/** A specifier has no space and no `$`: prose and templates that say "from '…'" are not imports. */
const specifiersIn = (source: string): readonly string[] =>
  [...source.matchAll(/\b(?:from\s+|import\s*\(?\s*)'([\w@#.:/-]+)'/g)].map(([, specifier = '']) => specifier)

function target(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier)).replaceAll('\\', '/')
  const alias = Object.keys(aliases).find((each) => specifier.startsWith(each))
  if (alias !== undefined) return `${aliases[alias]}${specifier.slice(alias.length)}`
  if (specifier === 'electron') return 'electron'
  return specifier.startsWith('node:') ? 'node:' : `package:${specifier}`
}

const isIn = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`) || (folder === 'package:' && path.startsWith(folder))

const layerOf = (file: string): string | undefined =>
  Object.keys(layers)
    .filter((folder) => isIn(file, folder))
    .sort((a, b) => b.length - a.length)[0]

function forbidden(file: string): readonly string[] {
  const layer = layerOf(file)
  const allowed = layer === undefined ? [] : [layer, ...(layers[layer] ?? [])]
  return importsOf(file).filter((path) => !allowed.some((each) => isIn(path, each)))
}

describe('layers', () => {
  it('every source file belongs to a layer, and there are files to look at', () => {
    expect(files.length).toBeGreaterThan(100)
    expect(files.filter((file) => layerOf(file) === undefined)).toEqual([])
  })

  it('no file imports against the arrows', () => {
    const offences = files.flatMap((file) => forbidden(file).map((path) => `${file} → ${path}`))
    expect(offences).toEqual([])
  })

  it('a feature of the window never imports another feature', () => {
    const featureOf = (path: string) => /^renderer\/features\/([^/]+)/.exec(path)?.[1]
    const offences = files
      .filter((file) => featureOf(file) !== undefined)
      .flatMap((file) => importsOf(file).map((path) => [file, path] as const))
      .filter(([file, path]) => featureOf(path) !== undefined && featureOf(path) !== featureOf(file))
    expect(offences).toEqual([])
  })

  it('sees an import that is against the arrows', () => {
    expect(isIn(target('main/engine/rollout/x.ts', '../../cluster/rest.ts'), 'main/cluster')).toBe(true)
    expect(target('main/engine/x.ts', '#main/cluster/rest.ts')).toBe('main/cluster/rest.ts')
    expect(target('renderer/x.ts', 'node:fs')).toBe('node:')
    expect(isIn(target('main/engine/x.ts', 'yaml'), 'package:re2js')).toBe(false)
  })

  it('sees every form of import and nothing else', () => {
    const imports = `import a from 'a'\nimport { b } from '#b/b.ts'\nexport * from './c.ts'\nimport '@d/d.css'\nawait import('node:e')`
    expect(specifiersIn(imports)).toEqual(['a', '#b/b.ts', './c.ts', '@d/d.css', 'node:e'])
    expect(specifiersIn("text(`from '${a}' to 'b'`, { 'diff.from': 'A from' })")).toEqual([])
  })
})
