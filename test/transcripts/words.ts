import type { Manifest } from './scenario.ts'
import type { Moment } from './sight.ts'
import type { State } from './state.ts'

/** `12.3 s`. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** `up 1:4/4, step 0/2`. */
export const inWords = (values: Readonly<Record<string, string | number | RegExp>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')

/** Told whenever one of them changed. */
const mainKeys = ['phase', 'message', 'step', 'up']
/** Told when they themselves changed. */
const otherKeys = [
  'stable',
  'active',
  'preview',
  'abort',
  'promoteFull',
  'restart',
  'collisions',
  'revisions',
  'delayed',
]
/** Said already by phase and sizes, or of no interest to a reader. */
const isOther = (key: string): boolean => otherKeys.includes(key) || /^(svc|deploy|if|run) /.test(key)
const untold = new Set(['if Healthy', 'if Completed', 'if Paused'])

/** What changed in a moment; `undefined` when it is nothing that a reader would look at. */
export function lineOf({ state, reason }: Moment, before: Moment | undefined): string | undefined {
  if (reason !== undefined && reason !== '') return reason
  const was = before?.state ?? {}
  const changed = [...new Set([...Object.keys(was), ...Object.keys(state)])].filter((key) => was[key] !== state[key])
  const others = changed.filter((key) => isOther(key) && !untold.has(key)).toSorted()
  if (others.length === 0 && !changed.some((key) => mainKeys.includes(key))) return undefined
  return [headline(state, was), ...others.map((key) => `${key.replace(/^if /, '')} ${state[key] ?? '–'}`)].join(' · ')
}

/** A long message is told once. */
const headline = (state: State, was: State): string =>
  [
    [state['phase'] ?? '–', state['message'] === was['message'] ? shortened(state['message']) : state['message']]
      .filter((each) => each !== undefined)
      .join(' '),
    ...(state['step'] === undefined ? [] : [`step ${state['step']}`]),
    `pods ${state['up'] ?? '–'}`,
  ].join(' · ')

const shortened = (message: string | undefined): string | undefined => message?.replace(/^(\w+: ).{40,}$/, '$1…')

/** `Rollout/shop (shop:2)`. */
export function manifestLine({ kind, metadata, ...rest }: Manifest): string {
  const image = /"image":"[^"]*?([^"/]+)"/.exec(JSON.stringify(rest))?.[1]
  return `${kind}/${metadata.name}${image === undefined ? '' : ` (${image})`}`
}
