import type { Cell, Colour } from './text-table.ts'

type Icon = '◷' | '◌' | '⚠' | '?' | '✔' | '✖' | '॥' | '•'

/** VIEW-126. */
const colours: Readonly<Partial<Record<Icon, Colour>>> = {
  '◷': 'yellow',
  '◌': 'brightBlue',
  '⚠': 'red',
  '?': 'yellow',
  '✔': 'green',
  '✖': 'red',
}

/** VIEW-121. */
const rolloutIcons: Readonly<Record<string, Icon>> = {
  Progressing: '◌',
  Error: '⚠',
  InvalidSpec: '⚠',
  Paused: '॥',
  Healthy: '✔',
  Degraded: '✖',
  Unknown: '?',
  ScaledDown: '•',
}

/** VIEW-122. */
const replicaSetIcons: Readonly<Record<string, Icon>> = {
  Progressing: '◌',
  Healthy: '✔',
  ReplicaFailure: '✖',
  ScaledDown: '•',
}

/** VIEW-123. */
const analysisIcons: Readonly<Record<string, Icon>> = {
  Successful: '✔',
  Inconclusive: '?',
  Failed: '✖',
  Error: '⚠',
  Running: '◌',
  Pending: '◷',
}

/** VIEW-124, after the patterns. */
const podIcons: Readonly<Record<string, Icon>> = {
  Pending: '◌',
  Terminating: '◌',
  ContainerCreating: '◌',
  Running: '✔',
  Completed: '✔',
  Failed: '✖',
  InvalidImageName: '✖',
  CrashLoopBackOff: '✖',
  ImagePullBackOff: '⚠',
  RegistryUnavailable: '⚠',
  Unknown: '?',
}

/** VIEW-124, in order; the first that fits. */
const podPatterns: readonly (readonly [RegExp, Icon])[] = [
  [/^Init:/, '◌'],
  [/^(Signal|ExitCode):/, '✖'],
  [/^Err|Error$/, '⚠'],
]

export const rolloutStatus = (phase: string): readonly Cell[] => withIcon(rolloutIcons[phase], phase)

export const replicaSetStatus = (health: string): readonly Cell[] => withIcon(replicaSetIcons[health], health)

export const analysisStatus = (phase: string): readonly Cell[] => withIcon(analysisIcons[phase], phase)

export const podStatus = (reason: string): readonly Cell[] =>
  withIcon(podPatterns.find(([pattern]) => pattern.test(reason))?.[1] ?? podIcons[reason], reason)

/** Icon, a space and the word; a space in place of an icon that there is none of. */
function withIcon(icon: Icon | undefined, text: string): readonly Cell[] {
  const colour = icon === undefined ? undefined : colours[icon]
  return [{ text: icon ?? ' ', ...(colour !== undefined && { colour }) }, { text: ` ${text}` }]
}
