import { hostname } from 'node:os'
import { parseRolloutKey, rolloutKey } from '#contract/keys.ts'
import type { RolloutKey } from '#contract/views.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { PlanMemory } from '#main/fleet-plan/plan-memory.ts'
import { localActor } from '#main/history/actor.ts'
import { readRun, type StoredRun } from '#main/history/record-body.ts'
import type { History } from '#main/history/store.ts'
import { version } from '#main/version.ts'
import { type Choice, chooseRows, contextsIn } from './choose-rows.ts'
import { type BundleFault, type BundleHeader, bundleFormat, bundleVersion } from './format.ts'
import { lockBundle } from './lock-bundle.ts'
import { type WrittenBundle, writeBundle } from './write-bundle.ts'

type Reader = Pick<History, 'all'>

/** What is to be exported. Without a time: the update or plan from its beginning to its end. */
export type BundleWish =
  | {
      readonly kind: 'rollout'
      readonly key: RolloutKey
      readonly run?: string | undefined
      readonly from?: EpochMs | undefined
      readonly until?: EpochMs | undefined
    }
  | { readonly kind: 'plan'; readonly plan: string }
  | {
      readonly kind: 'time'
      readonly contexts?: readonly string[] | undefined
      readonly from: EpochMs
      readonly until: EpochMs
    }

/** What goes into it, before anything is read. */
export interface PlannedBundle {
  readonly header: BundleHeader
  readonly choice: Choice
}

/** What led to an update, and what followed it. */
const beforeMs = 5 * 60_000
const afterMs = 10 * 60_000

export function planBundle(
  history: Reader,
  wish: BundleWish,
  clock: Pick<Clock, 'now'>,
): Outcome<PlannedBundle, BundleFault> {
  const now = Math.trunc(clock.now())
  const chosen = choiceOf(history, wish, now)
  if (!chosen.ok) return chosen
  const { about, ...choice } = chosen.value
  const [row] = history.all('PRAGMA user_version')
  const header: BundleHeader = {
    format: bundleFormat,
    version: bundleVersion,
    app: version,
    schema: Number(row?.['user_version'] ?? 0),
    capturedAt: now,
    by: { account: localActor(), host: hostname() },
    about,
    contexts: [...choice.contexts],
    from: choice.from,
    until: choice.until,
  }
  return success({ header, choice })
}

type Chosen = Choice & Pick<BundleHeader, 'about'>

function choiceOf(history: Reader, wish: BundleWish, now: EpochMs): Outcome<Chosen, BundleFault> {
  switch (wish.kind) {
    case 'rollout':
      return rolloutChoice(history, wish, now)
    case 'plan':
      return planChoice(history, wish.plan, now)
    case 'time': {
      const known = contextsIn(history)
      const contexts = wish.contexts ?? known
      const unknown = contexts.find((each) => !known.includes(each))
      if (unknown !== undefined) return nothing(`of the context ${unknown}`)
      return success({ about: { kind: 'time' }, contexts, from: wish.from, until: Math.min(wish.until, now) })
    }
    default:
      return wish satisfies never
  }
}

const nothing = (what: string) => failure<BundleFault>({ kind: 'File', message: `Nothing is recorded ${what}.` })

function rolloutChoice(
  history: Reader,
  { key, run: wanted, from, until }: Extract<BundleWish, { readonly kind: 'rollout' }>,
  now: EpochMs,
): Outcome<Chosen, BundleFault> {
  const at = parseRolloutKey(key)
  if (at === undefined) return nothing('under this name')
  const rows = history.all(
    'SELECT body FROM run WHERE key = ? AND (?2 IS NULL OR id = ?2) ORDER BY startedAt DESC LIMIT 1',
    key,
    wanted ?? null,
  )
  const run = readRun(rows[0]?.['body'])
  if (run === undefined && (wanted !== undefined || from === undefined))
    return nothing(`of ${at.namespace}/${at.name} in ${at.context}`)
  return success({
    about: { kind: 'rollout', key, ...(run !== undefined && from === undefined && { run: run.entry.id }) },
    rollouts: [key],
    contexts: [at.context],
    ...(from === undefined ? rangeOf(run?.entry, now) : { from, until: Math.min(until ?? now, now) }),
  })
}

const rangeOf = (entry: StoredRun['entry'] | undefined, now: EpochMs) => ({
  from: (entry?.startedAt ?? now) - beforeMs,
  until: Math.min((entry?.endedAt ?? now) + afterMs, now),
})

/** Of several plans of one name the latest. */
function planChoice(history: Reader, wanted: string, now: EpochMs): Outcome<Chosen, BundleFault> {
  const memory = new PlanMemory({ all: (sql, ...values) => history.all(sql, ...values), add: () => undefined })
  const found = memory.all().find(({ id, plan }) => id === wanted || plan.name === wanted)
  if (found === undefined) return nothing(`of a plan ${wanted}`)
  const { id, plan, home } = found
  const [last] = memory.events(id, 1)
  const members = plan.spec.members
  return success({
    about: { kind: 'plan', id, name: plan.name },
    rollouts: members.map(({ context, namespace, rollout: name }) => rolloutKey({ context, namespace, name })),
    plan: id,
    contexts: [...new Set([...members.map(({ context }) => context), home.context])],
    from: plan.createdAt - beforeMs,
    until: Math.min(Math.max(last?.at ?? 0, plan.status.since) + afterMs, now),
  })
}

/** The file, locked when there is a passphrase. */
export async function makeBundle(
  history: Reader,
  { header, choice }: PlannedBundle,
  passphrase?: string,
): Promise<Outcome<WrittenBundle, BundleFault>> {
  const written = await writeBundle(header, chooseRows(history, choice))
  if (!written.ok || passphrase === undefined) return written
  return success({ ...written.value, bytes: await lockBundle(written.value.bytes, passphrase) })
}

/** `argosy-checkout-2026-11-28.argosy` */
export function bundleFileName({ about, from }: BundleHeader): string {
  const of =
    about.kind === 'rollout' ? parseRolloutKey(about.key)?.name : about.kind === 'plan' ? about.name : 'history'
  const plain = (of ?? '').replaceAll(/[^\w.-]+/g, '-').slice(0, 60)
  return `argosy-${plain}-${new Date(from).toISOString().slice(0, 10)}.argosy`
}
