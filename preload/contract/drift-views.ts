import type { RolloutKey } from './views.ts'

/** One application, the same namespace and name, in all its clusters (UI-DIFF-6). */
export interface DriftView {
  readonly namespace: string
  readonly name: string
  readonly columns: readonly DriftColumn[]
  /** Fields that are not the same everywhere: drift first, then what plans explain, then what is expected to differ. */
  readonly rows: readonly DriftRow[]
  /** All fields that were compared. */
  readonly fields: number
}

export interface DriftColumn {
  readonly key: RolloutKey
  readonly context: string
  readonly revision: number | undefined
  readonly version: string | undefined
  /** Fields that are not as most have them, and not expected to differ. */
  readonly differs: number
  /** A plan under way has it. */
  readonly planned: boolean
}

export type DriftSection = 'drift' | 'planned' | 'expected'

export interface DriftRow {
  readonly section: DriftSection
  /** As short as it can be said. */
  readonly field: string
  readonly at: string
  /** No value leads (UI-STAT-7). */
  readonly noMajority: boolean
  /** One for each column. */
  readonly cells: readonly DriftCell[]
}

export interface DriftCell {
  /** `undefined`: it is not set there. */
  readonly text: string | undefined
  readonly state: 'same' | 'drift' | 'planned' | 'expected'
}

export interface FleetDriftView {
  /** Those with most drift first. */
  readonly applications: readonly ApplicationDrift[]
}

export interface ApplicationDrift {
  readonly namespace: string
  readonly name: string
  /** One of its Rollouts. */
  readonly key: RolloutKey
  readonly clusters: number
  /** Fields in each section. */
  readonly drift: number
  readonly planned: number
  readonly expected: number
  /** Clusters that drift, by name. */
  readonly drifting: readonly string[]
}
