import { clusterKey, parseKey } from '#contract/keys.ts'
import type { MigrationActionName } from '#contract/migration-views.ts'
import type { ClusterActionName } from '#contract/ownership-views.ts'
import type { ActionName, ActionResult, RolloutKey, WriteView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import { redactText } from '#lib/redact-text.ts'
import type { HistoryRow } from './history-row.ts'
import { readJson, writeBody } from './record-body.ts'
import { redactJson } from './redact-template.ts'
import type { SecretPrints } from './secret-prints.ts'

/** One action of a person, after its answer. */
export interface RecordedAction {
  readonly action: ActionName | MigrationActionName
  /** The account on this machine. */
  readonly actor: string
  readonly host?: string | undefined
  /** What the cluster calls them. */
  readonly user?: string | undefined
  readonly reason: string
  /** The freeze, limit or verdict that they set aside. */
  readonly setAside?: string | undefined
  readonly result: ActionResult
  readonly writes: readonly WriteView[]
  /** Where it was asked for; the window when absent. */
  readonly via?: 'window' | 'cli'
  /** Of the Rollout, as read when the action was planned. */
  readonly generation?: number | undefined
}

/** What an action is about. */
export interface ActionTarget {
  readonly key: RolloutKey
  readonly uid: string | undefined
}

/** The row of the journal for one action: who, when, where, what for, what was sent, what came back (ACT-15). */
export function journalRow(
  { key, uid }: ActionTarget,
  { reason, result, writes, via = 'window', generation, ...who }: RecordedAction,
  at: EpochMs,
  prints: SecretPrints,
): HistoryRow {
  const { context, namespace, name, kind } = parseKey(key) ?? {}
  const object = { context, namespace, name, kind, uid, generation }
  const requests = writes.map((write) => withoutSecrets(write, prints))
  const body = writeBody({ ...object, ...who, via, reason: redactText(reason), result, requests })
  return { table: 'journal', at, key, body }
}

/** Who drives a cluster was changed, or was to be. */
export interface RecordedOwnership {
  readonly context: string
  readonly action: ClusterActionName
  readonly actor: string
  /** The machine that was to drive, or did. */
  readonly host: string
  /** What the cluster calls them. */
  readonly user?: string | undefined
  readonly reason: string
  readonly outcome: Outcome<void, Failure>
  /** The window when absent. */
  readonly via?: 'window' | 'cli'
}

export function ownershipRow(
  { context, action, actor, host, user, reason, outcome, via = 'window' }: RecordedOwnership,
  at: EpochMs,
): HistoryRow {
  const result = outcome.ok ? { sent: true } : { sent: false, refusal: { kind: 'failed', failure: outcome.error } }
  const body = writeBody({ context, action, actor, host, user, via, reason: redactText(reason), result })
  return { table: 'journal', at, key: clusterKey(context), body }
}

/** An undo sends a whole template. `kubectl` is left out: it says the same as method, path and body. */
function withoutSecrets({ kubectl: _kubectl, ...write }: WriteView, prints: SecretPrints) {
  const json = readJson(write.body)
  return { ...write, body: json === undefined ? redactText(write.body) : JSON.stringify(redactJson(json, prints)) }
}
