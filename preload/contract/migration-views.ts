import * as v from 'valibot'
import { assurance, type GuardView } from './guard-views.ts'
import type { ActionRefusal, WriteView } from './views.ts'

/** A Deployment becomes a Rollout that borrows its template (API-13), and the way back. */
export const migrationActionNames = ['makeRollout', 'backToDeployment'] as const
export type MigrationActionName = (typeof migrationActionNames)[number]

const short = v.pipe(v.string(), v.maxLength(1024))

/** What a person chooses of the Rollout to be. */
const migrationOptions = v.object({
  strategy: v.picklist(['canary', 'blueGreen']),
  /** `20, pause, 50, pause:10m`: read by main, which says what is wrong with it. */
  steps: short,
  /** The Service that blue-green switches. */
  activeService: short,
  scaleDown: v.picklist(['onsuccess', 'progressively', 'never']),
})

export type MigrationOptionsInput = v.InferOutput<typeof migrationOptions>

/** The usual choices, before anybody chose. */
export const usualMigration: MigrationOptionsInput = {
  strategy: 'canary',
  steps: '20, pause, 50, pause:10m',
  activeService: '',
  scaleDown: 'onsuccess',
}

/** `key` is that of the Deployment to become a Rollout, or of the Rollout that goes. */
export const migrationInput = v.object({
  action: v.picklist(migrationActionNames),
  key: v.pipe(v.string(), v.minLength(5), v.maxLength(4096)),
  options: migrationOptions,
})

export const migrationBegin = v.object({
  ...migrationInput.entries,
  /** As in the preview: refused when it is another Deployment or Rollout meanwhile, or another template (ACT-12). */
  seen: short,
  reason: v.pipe(v.string(), v.maxLength(2000)),
  assurance: v.optional(assurance),
})

export interface MigrationStepView {
  readonly summary: string
  readonly state: 'done' | 'next' | 'later'
  /** What is sent; absent where there is only to wait. */
  readonly write: WriteView | undefined
  /** How far what is waited for has come. */
  readonly progress: string | undefined
}

/** Everything that would happen, before any of it does. `services`: those that blue-green could switch. */
export type MigrationPreview =
  | {
      readonly open: true
      readonly seen: string
      readonly steps: readonly MigrationStepView[]
      readonly effects: readonly string[]
      readonly warnings: readonly string[]
      readonly services: readonly string[]
      readonly guard: GuardView
    }
  | { readonly open: false; readonly reason: string; readonly services: readonly string[] }

/** One that was begun here. It goes on whether or not somebody looks. */
export interface MigrationRunView {
  readonly state: 'running' | 'done' | 'stopped'
  readonly steps: readonly MigrationStepView[]
  /** Why it stopped. */
  readonly refusal: ActionRefusal | undefined
}
