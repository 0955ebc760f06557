import type { EpochMs } from '#lib/clock.ts'

/** Two manifests side by side. */
export interface DiffView {
  readonly left: DiffSide
  readonly right: DiffSide
  /** Meaning first (UI-DIFF-1). */
  readonly summary: readonly DiffSummaryLine[]
  /** Plain checks worth a look. */
  readonly lookAt: readonly string[]
  readonly lines: readonly DiffLine[]
  /** How many values are hidden on either side (UI-DIFF-3). */
  readonly hidden: number
}

export interface DiffSide {
  readonly title: string
  readonly revision: number | undefined
  readonly version: string | undefined
  /** From the record; `undefined`: as the cluster has it now. */
  readonly capturedAt: EpochMs | undefined
  /** It may have changed since it was seen: nothing was recorded at that time. */
  readonly unrecorded?: boolean
}

/** What a change is about, in the order in which they are shown. */
export const diffGroups = [
  'image',
  'command',
  'environment',
  'resources',
  'probes',
  'volumes',
  'ports',
  'containers',
  'replicas',
  'strategy',
  'analysis',
  'traffic',
  'security',
  'scheduling',
  'labels',
  'config',
  'other',
] as const

export type DiffGroup = (typeof diffGroups)[number]

export interface DiffSummaryLine {
  readonly group: DiffGroup
  readonly op: '+' | '-' | '~'
  /** As short as it can be said: `POOL_SIZE`, `cpu request`. */
  readonly path: string
  /** The whole path: `spec.template.spec.containers[api].env[POOL_SIZE]`. */
  readonly at: string
  readonly before: string | undefined
  readonly after: string | undefined
  /** Where it stands in `lines`. */
  readonly line: number | undefined
}

export interface DiffLine {
  readonly op: ' ' | '+' | '-'
  readonly leftNumber: number | undefined
  readonly rightNumber: number | undefined
  readonly text: string
  /** Set by the cluster (hash labels, defaults): folded (UI-DIFF-4). */
  readonly folded: boolean
}

/** Configuration that a template refers to (W11). Its values of today: a cluster keeps no others. */
export interface ConfigDiffView {
  /** `undefined`: there was nothing to compare. */
  readonly diff: DiffView | undefined
  readonly objects: readonly ConfigObjectView[]
}

export interface ConfigObjectView {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  readonly left: ConfigLook
  readonly right: ConfigLook
}

/** `unnamed`: this side does not refer to it; `unrecorded`: this side is of the past, and no cluster can be asked. */
export type ConfigLook =
  | { readonly state: 'read'; readonly resourceVersion: string }
  | { readonly state: 'unnamed' | 'missing' | 'unrecorded' }
  | { readonly state: 'forbidden' | 'failed'; readonly message: string }
