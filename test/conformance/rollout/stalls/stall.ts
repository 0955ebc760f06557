import type { Cause, NamedObject, Reason } from '#lib/reason.ts'
import { reasonText } from '#lib/reason.ts'
import type { Stage } from './stage.ts'

/** Names that are known only once the rollout is under way. */
export interface Names {
  /** ReplicaSets of the newest and of the stable revision. */
  readonly current: string
  readonly stable: string
  readonly rollout: string
}

/** One way in which a rollout comes to a stand. */
export interface Stall {
  readonly title: string
  /** A control plane without nodes of its own cannot have it, or others would be hurt by it. */
  readonly sandboxOnly?: true
  readonly cause: Cause
  /** Kind and name of what blocks; `undefined` for none. */
  readonly object: (names: Names) => NamedObject | undefined
  /** Another cause is as right, and may be named before this one. */
  readonly beside?: readonly Cause[]
  /** Words of the sentence. */
  readonly says?: RegExp
  readonly begin: (stage: Stage) => Promise<void>
  /** The API shows it. */
  readonly fact: (stage: Stage) => boolean | Promise<boolean>
  /** What somebody else goes on doing all the time, until it is mended and from then on. */
  readonly meanwhile?: (stage: Stage, isMended: boolean) => Promise<void>
  readonly mend: (stage: Stage) => Promise<void>
}

/** Pods are known by the beginning of their name. */
export const podOf = (replicaSet: string): NamedObject => ({ kind: 'Pod', name: `${replicaSet}-` })

/** Whether the decisive reason is this stall's; or any reason, where another may be named before it. */
export function isNamed(stall: Stall, why: readonly Reason[], names: Names): boolean {
  const position = why.findIndex((each) => isOf(stall, each, names))
  return position >= 0 && why.slice(0, position).every(({ cause }) => stall.beside?.includes(cause) === true)
}

/** The reason of this stall, wherever it stands. */
export const isOf = (stall: Stall, reason: Reason, names: Names): boolean =>
  reason.cause === stall.cause &&
  isSame(reason.object, stall.object(names)) &&
  (stall.says?.test(reasonText(reason)) ?? true)

function isSame(told: NamedObject | undefined, expected: NamedObject | undefined): boolean {
  if (told === undefined || expected === undefined) return told === expected
  const isPart = expected.name.endsWith('-')
  return told.kind === expected.kind && (isPart ? told.name.startsWith(expected.name) : told.name === expected.name)
}
