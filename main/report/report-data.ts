import type { AnalysisRun, Measurement } from '#api/analysis.ts'
import type { DiffView } from '#contract/diff-views.ts'
import { parseKey } from '#contract/keys.ts'
import type { HistoryActionView, HistoryRecordView } from '#contract/views.ts'
import type { EpochMs } from '#lib/clock.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { BundleHeader } from '#main/bundle/format.ts'
import type { PlannedBundle } from '#main/bundle/make-bundle.ts'
import { type ComparedSide, compareSides } from '#main/diff/compare.ts'
import { type PastPlanEvent, PlanMemory } from '#main/fleet-plan/plan-memory.ts'
import { listActions } from '#main/history/journal.ts'
import { objectBetween, recordGaps } from '#main/history/objects/object-reader.ts'
import { listHistory, readRecord, storedTemplate } from '#main/history/reader.ts'
import { secretPrints } from '#main/history/secret-prints.ts'
import type { History } from '#main/history/store.ts'
import { type ChainReport, verifyHistory } from '#main/history/verify.ts'
import { footageOf } from '#main/time-travel/footage.ts'

/** One update as a report tells it. */
export interface ReportedRelease extends HistoryRecordView {
  /** `undefined`: one of the two templates was not recorded. */
  readonly diff: DiffView | undefined
  readonly metrics: readonly ReportedMetric[]
  readonly gaps: readonly { readonly from: EpochMs; readonly until: EpochMs }[]
}

export interface ReportedMetric {
  readonly run: string
  readonly name: string
  readonly phase: string
  readonly measurements: readonly { readonly at: EpochMs; readonly value: string; readonly phase: string }[]
}

/** All that a report tells, before it has a form. */
export interface ReportData {
  readonly header: BundleHeader
  /** Oldest first. */
  readonly releases: readonly ReportedRelease[]
  readonly acts: readonly HistoryActionView[]
  readonly plans: readonly {
    readonly name: string
    readonly phase: string
    readonly events: readonly PastPlanEvent[]
  }[]
  readonly chains: readonly ChainReport[]
}

const releasesMax = 100
const actsMax = 2000
const eventsMax = 500
const scanMax = 10_000

/** @param chains of a bundle, which brings what is known of them along */
export function reportData(
  history: History,
  { header, choice }: PlannedBundle,
  chains?: readonly ChainReport[],
): ReportData {
  const { rollouts, contexts, from, until } = choice
  const isWanted = (key: string) => rollouts?.includes(key) ?? contexts.includes(parseKey(key)?.context ?? '')
  const entries = listHistory(history, { before: until + 1, contexts, limit: scanMax }).filter(
    ({ key, endedAt = until }) => isWanted(key) && endedAt >= from,
  )
  const releases = entries.slice(0, releasesMax).flatMap(({ id }) => releaseOf(history, id, until) ?? [])
  const acts = listActions(history, { before: until + 1, contexts, limit: actsMax }).filter(
    ({ key, at, name }) => at >= from && (name === '' || isWanted(key)),
  )
  return {
    header,
    releases: releases.toReversed(),
    acts: acts.toReversed(),
    plans: plansOf(history, choice.plan),
    chains: chains ?? verifyHistory(history),
  }
}

function releaseOf(history: History, id: string, now: EpochMs): ReportedRelease | undefined {
  const record = readRecord(history, id)
  if (record === undefined) return undefined
  const { startedAt, endedAt = now, context, key } = record.entry
  const gaps = recordGaps(history, context, startedAt, endedAt)
  return { ...record, diff: diffOf(history, record), gaps, metrics: metricsOf(history, key, startedAt, endedAt) }
}

function diffOf(history: History, { entry: { key }, revisions }: HistoryRecordView): DiffView | undefined {
  const sides = revisions.flatMap(({ revision, version }): readonly ComparedSide[] => {
    const stored = storedTemplate(history, key, revision)
    const title = `revision ${revision}`
    return stored === undefined
      ? []
      : [
          {
            title,
            revision,
            version,
            capturedAt: stored.capturedAt,
            manifest: { kind: 'template', template: stored.template },
          },
        ]
  })
  const [left, right] = sides
  return left === undefined || right === undefined ? undefined : compareSides(left, right, secretPrints(history))
}

/** The analyses as they were at the end of an update. */
function metricsOf(history: History, key: string, from: EpochMs, until: EpochMs): readonly ReportedMetric[] {
  const objects = footageOf(history, key, from, until)?.objects.filter(({ kind }) => kind === 'analysisRuns') ?? []
  return objects.flatMap(({ id }) => {
    const last = objectBetween(history, id, from, until).findLast(({ object }) => object !== undefined)?.object as
      | AnalysisRun
      | undefined
    return (last?.status?.metricResults ?? []).map(({ name, phase, measurements = [] }) => ({
      run: last?.metadata.name ?? '',
      name,
      phase,
      measurements: measurements.flatMap(measured),
    }))
  })
}

function measured({ startedAt, finishedAt, value = '', phase }: Measurement) {
  const at = parseTime(finishedAt ?? startedAt)
  return at === undefined ? [] : [{ at, value, phase }]
}

function plansOf(history: History, wanted: string | undefined): ReportData['plans'] {
  if (wanted === undefined) return []
  const memory = new PlanMemory(history)
  const found = memory.all().filter(({ id }) => id === wanted)
  return found.map(({ id, plan }) => ({
    name: plan.name,
    phase: plan.status.phase,
    events: memory.events(id, eventsMax).toReversed(),
  }))
}
