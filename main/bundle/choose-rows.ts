import { clusterKey, parseKey } from '#contract/keys.ts'
import type { RolloutKey } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { planObjectName } from '#main/fleet-plan/plan-store.ts'
import {
  objectBetween,
  type RecordedObject,
  recordedContexts,
  recordedObject,
} from '#main/history/objects/object-reader.ts'
import { groupMax, nextVersion, type ObjectAt } from '#main/history/objects/versions.ts'
import { readJson, readRun } from '#main/history/record-body.ts'
import type { History } from '#main/history/store.ts'
import { footageOf } from '#main/time-travel/footage.ts'
import { type ChosenEntry, chosenEntries } from './choose-entries.ts'
import type { BundleRow } from './format.ts'

type Reader = Pick<History, 'all'>

/** What of a history goes into a bundle. */
export interface Choice {
  /** Only what is about these, and about their clusters; absent: all of the contexts. */
  readonly rollouts?: readonly RolloutKey[] | undefined
  readonly plan?: string | undefined
  readonly contexts: readonly string[]
  readonly from: EpochMs
  readonly until: EpochMs
}

/** All rows of a choice; those that others refer to come first. */
export function* chooseRows(history: Reader, choice: Choice): Generator<BundleRow, void> {
  yield* runRows(history, choice)
  yield* templateRows(history, choice)
  yield* planRows(history, choice)
  yield* spanRows(history, choice)
  const names = new Set<string>()
  for (const object of objectsOf(history, choice)) {
    names.add(placeOf(object.context, object.namespace, object.name))
    yield* objectRows(history, object, choice)
  }
  yield* chosenEntries(history, choice, (entry) => isChosen(entry, choice, names))
}

const placeOf = (context: string, namespace: string, name: string): string => JSON.stringify([context, namespace, name])

/** Every entry of the contexts; with rollouts those about them, about what belongs to them, and about who drives their clusters. */
function isChosen({ name, subject, body }: ChosenEntry, choice: Choice, names: ReadonlySet<string>): boolean {
  const { rollouts, contexts, plan } = choice
  if (name === 'journal') {
    if (contexts.some((each) => clusterKey(each) === subject)) return true
    return rollouts === undefined ? contexts.includes(parseKey(subject)?.context ?? '') : isAbout(rollouts, subject)
  }
  if (rollouts === undefined) return contexts.includes(subject)
  const { namespace, name: of } = (readJson(body) ?? {}) as {
    readonly namespace?: string | null
    readonly name?: unknown
  }
  if (typeof of !== 'string') return false
  return names.has(placeOf(subject, namespace ?? '', of)) || (plan !== undefined && of === planObjectName(plan))
}

/** A Deployment that became the Rollout bears its name. */
function isAbout(rollouts: readonly RolloutKey[], subject: string): boolean {
  const at = parseKey(subject)
  return at !== undefined && rollouts.some((key) => subject === key || subject.startsWith(`${key}/`))
}

function* runRows(history: Reader, { rollouts, contexts, from, until }: Choice): Generator<BundleRow, void> {
  const rows = history.all(
    'SELECT id, key, startedAt, search, body FROM run WHERE startedAt <= ? ORDER BY startedAt, id',
    until,
  )
  for (const { id, key, startedAt, search, body } of rows) {
    const run = readRun(body)
    if (run === undefined || (run.entry.endedAt ?? until) < from || !contexts.includes(run.entry.context)) continue
    if (rollouts?.includes(String(key)) === false) continue
    yield {
      row: 'run',
      id: String(id),
      key: String(key),
      startedAt: Number(startedAt),
      search: String(search),
      body: String(body),
    }
    for (const moment of history.all('SELECT at, body, mark FROM moment WHERE runId = ? ORDER BY at, id', String(id)))
      yield {
        row: 'moment',
        runId: String(id),
        at: Number(moment['at']),
        body: String(moment['body']),
        ...(typeof moment['mark'] === 'string' && { mark: moment['mark'] }),
      }
  }
}

function* templateRows(history: Reader, { rollouts, contexts }: Choice): Generator<BundleRow, void> {
  const rows = history.all('SELECT key, uid, revision, capturedAt, version, body FROM template ORDER BY key, revision')
  for (const { key, uid, revision, capturedAt, version, body } of rows) {
    const isWanted = rollouts?.includes(String(key)) ?? contexts.includes(parseKey(String(key))?.context ?? '')
    if (!isWanted) continue
    yield {
      row: 'template',
      key: String(key),
      uid: String(uid),
      revision: Number(revision),
      capturedAt: Number(capturedAt),
      ...(typeof version === 'string' && { version }),
      body: String(body),
    }
  }
}

/** Plans that move a rollout of the choice, or go out to its contexts. */
function* planRows(history: Reader, choice: Choice): Generator<BundleRow, void> {
  for (const { id, context, namespace, body } of history.all(
    'SELECT id, context, namespace, body FROM plan ORDER BY id',
  )) {
    const isWanted = choice.plan === undefined ? isOfChoice(readJson(body), choice) : choice.plan === id
    const events = history.all(
      'SELECT at, body FROM planEvent WHERE planId = ? AND at BETWEEN ? AND ? ORDER BY id',
      String(id),
      choice.from,
      choice.until,
    )
    if (!isWanted || (events.length === 0 && choice.plan === undefined)) continue
    yield { row: 'plan', id: String(id), context: String(context), namespace: String(namespace), body: String(body) }
    for (const event of events)
      yield { row: 'planEvent', planId: String(id), at: Number(event['at']), body: String(event['body']) }
  }
}

/** Its members name the clusters and rollouts that it moves. */
function isOfChoice(plan: unknown, { rollouts, contexts }: Choice): boolean {
  const { spec } = (plan ?? {}) as {
    readonly spec?: { readonly members?: readonly { readonly id?: string; readonly context?: string }[] }
  }
  return (spec?.members ?? []).some(({ id = '', context = '' }) =>
    rollouts === undefined ? contexts.includes(context) : rollouts.some((key) => memberIdOf(key) === id),
  )
}

/** `context/namespace/name`, as plans have it. */
const memberIdOf = (key: RolloutKey): string => {
  const at = parseKey(key)
  return at === undefined ? '' : `${at.context}/${at.namespace}/${at.name}`
}

function* spanRows(history: Reader, { contexts, from, until }: Choice): Generator<BundleRow, void> {
  const rows = history.all('SELECT context, since, until FROM span WHERE until >= ? AND since <= ?', from, until)
  for (const row of rows) {
    const context = String(row['context'])
    const [since, end] = [Math.max(Number(row['since']), from), Math.min(Number(row['until']), until)]
    if (contexts.includes(context)) yield { row: 'span', context, since, until: end }
  }
}

function* objectsOf(history: Reader, { rollouts, contexts, from, until }: Choice): Generator<Stored, void> {
  const found = new Set<number>()
  const ids = rollouts?.flatMap((key) => footageOf(history, key, from, until)?.objects ?? []).map(({ id }) => id)
  const sql = 'SELECT id, context, kind, namespace, name, uid, parent, goneAt FROM object'
  const rows =
    ids === undefined
      ? contexts.flatMap((context) =>
          history.all(`${sql} WHERE context = ? AND (goneAt IS NULL OR goneAt >= ?) ORDER BY id`, context, from),
        )
      : ids.flatMap((id) => history.all(`${sql} WHERE id = ?`, id))
  for (const row of rows) {
    const id = Number(row['id'])
    if (!found.has(id)) yield storedObject(row)
    found.add(id)
  }
}

interface Stored extends RecordedObject {
  readonly parent: string
  readonly goneAt: EpochMs | undefined
}

const storedObject = (row: Readonly<Record<string, unknown>>): Stored => ({
  ...recordedObject(row),
  parent: String(row['parent']),
  goneAt: typeof row['goneAt'] === 'number' ? row['goneAt'] : undefined,
})

/** An object and what it was through the time; nothing of one that was not there. */
function* objectRows(history: Reader, object: Stored, { from, until }: Choice): Generator<BundleRow, void> {
  const states = objectBetween(history, object.id, from, until)
  if (states.every((each) => each.object === undefined)) return
  const { goneAt, ...of } = object
  yield { row: 'object', ...of, ...(goneAt !== undefined && goneAt <= until && { goneAt }) }
  yield* versionRows(object.id, states)
}

/** Whole versions and patches of their own, so that nothing before them is needed. Groups do not overlap in time. */
function* versionRows(objectId: number, states: readonly ObjectAt[]): Generator<BundleRow, void> {
  let before: ObjectAt['object']
  let [place, last] = [0, -1]
  for (const { at: seenAt, object } of states) {
    if (object === undefined && before === undefined) continue
    const isWhole = before === undefined || (place >= groupMax && seenAt > last)
    const at = isWhole ? Math.max(seenAt, last + 1) : seenAt
    place = isWhole ? 0 : place + 1
    const version =
      object === undefined ? ({ form: 'gone', body: '' } as const) : nextVersion(isWhole ? undefined : before, object)
    yield { row: 'version', objectId, at, place, ...version }
    before = object
    last = at
  }
}

/** Contexts of which anything is recorded. */
export function contextsIn(history: Reader): readonly string[] {
  const ofRuns = history.all("SELECT DISTINCT json_extract(body, '$.entry.context') AS context FROM run")
  const ofWrites = history.all('SELECT DISTINCT context FROM written')
  return [
    ...new Set([...recordedContexts(history), ...[...ofRuns, ...ofWrites].map(({ context }) => String(context))]),
  ].toSorted()
}
