import type { PodTemplateSpec } from '#api/core.ts'
import {
  type ActionName,
  actionNames,
  type ConnectionState,
  type EventView,
  type HistoryMomentView,
  type HistoryOutcome,
  type RolloutKey,
  type RolloutView,
} from '#contract/views.ts'
import type { Clock, EpochMs } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { redactText } from '#lib/redact-text.ts'
import type { Told, ToldMoment } from './back-fill.ts'
import { type ContextGap, ContextGaps } from './context-gaps.ts'
import { foreignActions, type RolloutActionView } from './journal.ts'
import { journalRow, ownershipRow, type RecordedAction, type RecordedOwnership } from './journal-entry.ts'
import { completes, endingOf, isOfNext, type Missed, missedRuns, type Seen, type Sight, untold } from './missed-runs.ts'
import { abortMessage, isBeginning, momentsBetween, resultText } from './moments.ts'
import { beginRun, isUnderWay, lastRecordedOf, type OpenRun, readOpenRuns, recordedUntil, runRow } from './open-run.ts'
import { type StoredRun, writeBody } from './record-body.ts'
import { redactTemplate } from './redact-template.ts'
import { aftermathMs, aheadMs, EarlyEvents, eventMoment, noteEvent } from './run-events.ts'
import { type SecretPrints, secretPrints } from './secret-prints.ts'
import type { History } from './store.ts'
import { wordsWith } from './told-words.ts'
import { runAt, UnseenRuns } from './unseen-runs.ts'
import { beginsWithinMs, type RunAction, type SentAction, WaitingActions } from './waiting-actions.ts'

export interface CapturedRevision {
  readonly revision: number
  readonly template: PodTemplateSpec
  readonly version: string | undefined
}

type Tell = (gap: ContextGap) => Told | undefined

/** Turns what is seen of rollouts into runs and moments of the archive. Only changes are written. */
export interface Recorder {
  /**
   * To be called with every new view of a rollout. `tell` says what the cluster holds of a time that nobody saw. Answers with that time
   * if it is part of a run: more of it may be known later.
   */
  observe(view: RolloutView, tell?: Tell): ContextGap | undefined
  /** What the cluster told of a time that nobody saw, later than the first view after it. Nothing is told twice. */
  afterwards(key: RolloutKey, moments: readonly ToldMoment[]): void
  /** The rollout was deleted: a run under way ends. */
  removed(key: RolloutKey): void
  /** Stores templates that are not stored yet, secrets removed (UI-HIST-6). */
  capture(key: RolloutKey, uid: string, revisions: readonly CapturedRevision[]): void
  /** To be called with every event, again when it repeats. `uid` is that of the Rollout it is about. */
  event(key: RolloutKey, event: EventView, uid?: string): void
  /** Goes to the journal always (ACT-15), and to the timeline of the run it belongs to. */
  action(key: RolloutKey, action: RecordedAction): void
  /** A cluster was taken over or handed back, or could not be. */
  ownership(recorded: RecordedOwnership): void
  connection(context: string, state: ConnectionState): void
  /** The machine did. */
  slept(gap: ContextGap): void
  /** To be called before the history is closed. */
  stop(): void
}

interface RecorderOptions {
  readonly history: History
  readonly clock: Clock
  readonly log: Log
}

const rolloutsMax = 20_000
const momentsPerRunMax = 5000
const templatesKnownMax = 100_000

const startingActions: readonly ActionName[] = ['setImage', 'undo', 'retry']

const isOfRun = (recorded: RecordedAction): recorded is RunAction =>
  actionNames.some((each) => each === recorded.action)

/** An action of a timeline, its secrets out. */
type ToldAction = Pick<RolloutActionView, 'at' | 'action' | 'actor' | 'reason' | 'result' | 'sent'>

/** What an action of a person leads to: another status or step. */
const isTurn = (before: RolloutView | undefined, view: RolloutView): boolean =>
  before?.status !== view.status || before.phase !== view.phase || before.stepIndex !== view.stepIndex

export const createRecorder = (options: RecorderOptions): Recorder => new RunRecorder(options)

class RunRecorder implements Recorder {
  readonly #history: History
  readonly #clock: Clock
  readonly #prints: SecretPrints
  /** The last view of each rollout, longest unseen first. */
  readonly #views = new Map<RolloutKey, RolloutView>()
  readonly #runs = new Map<RolloutKey, OpenRun>()
  readonly #early = new EarlyEvents()
  readonly #waiting: WaitingActions
  readonly #gaps: ContextGaps
  readonly #unseen = new UnseenRuns()
  #captured = new Set<string>()

  constructor({ history, clock, log }: RecorderOptions) {
    this.#history = history
    this.#clock = clock
    this.#prints = secretPrints(history)
    this.#gaps = new ContextGaps((context) => lastRecordedOf(history, context))
    this.#waiting = new WaitingActions(clock, (key, sent) => this.#giveUp(key, sent))
    for (const run of readOpenRuns(history)) this.#goOnWith(run)
    if (this.#runs.size > 0) log('info', 'history continued', { runs: this.#runs.size })
  }

  /** Of two runs of one rollout the older was out of reach while the newer was recorded in memory. */
  #goOnWith(run: OpenRun): void {
    const { key } = run.stored.entry
    const older = this.#runs.get(key)
    if (older !== undefined) {
      const { entry, seenAt } = older.stored
      this.#update(older, { entry: { ...entry, outcome: 'Superseded', endedAt: seenAt } })
    }
    this.#runs.set(key, run)
  }

  observe(view: RolloutView, tell?: Tell): ContextGap | undefined {
    const seen = { before: this.#views.get(view.key), view, now: this.#clock.now() }
    if (seen.before === view) return undefined
    this.#remember(view)
    const run = this.#runOf(view.key, seen.now)
    const missed = this.#missedBefore(seen, run, tell)
    const sight = { ...seen, missed }
    const goesOn = run !== undefined && this.#follow(run, sight)
    if (missed !== undefined) this.#addMissed(sight, missed)
    if (!goesOn && isBeginning(view)) this.#begin(sight)
    if (missed === undefined) return undefined
    this.afterwards(view.key, missed.told.moments)
    return this.#runsOf(view.key, seen.now).length > 0 ? missed.gap : undefined
  }

  /** What nobody saw before this view, and the cluster tells of it. */
  #missedBefore({ before, view, now }: Seen, run: OpenRun | undefined, tell: Tell | undefined): Missed | undefined {
    const gap = this.#gaps.before(view.context, before === undefined, now)
    const told = gap && tell?.(gap)
    if (gap === undefined || told === undefined) return undefined
    const after = told.updates.length === 0 ? 0 : recordedUntil(this.#history, view.key)
    const open = run !== undefined && isUnderWay(run) ? run.stored : undefined
    return { gap, told: { ...told, updates: untold(told.updates, { view, gap, after, open }) } }
  }

  /** True when the run is still under way after this view. What the view tells of the next update is not told of this run. */
  #follow(run: OpenRun, { missed, ...seen }: Sight): boolean {
    const { view, now } = seen
    const ending = isUnderWay(run) ? endingOf(run.stored, view, missed?.told) : undefined
    const endedAt = Math.max(ending?.at ?? now, run.stored.entry.startedAt)
    this.#closeGap(run, ending?.at === undefined ? undefined : missed?.gap, endedAt)
    const goesOn = isUnderWay(run) && ending === undefined
    if (ending !== undefined) this.#end(run, ending.outcome, endedAt)
    if (view.uid === run.stored.uid && (goesOn || !isOfNext(view, missed))) this.#tell(run, seen, endedAt)
    return goesOn
  }

  #tell(run: OpenRun, seen: Seen, at: EpochMs): void {
    this.#addFacts(run, seen, at)
    this.#takeReason(run, seen.view)
    if (isTurn(seen.before, seen.view)) this.#takeForeign(run)
  }

  /** Of what ended before anybody saw it the end is told as it is seen now. */
  #addFacts(run: OpenRun, { before, view, now }: Seen, at: EpochMs): void {
    const facts = momentsBetween(before, view, at)
    this.#add(run, at < now ? facts.map((fact) => ({ ...fact, backFilled: true })) : facts)
  }

  /** Updates that began and ended in a gap are runs like others. */
  #addMissed({ view, now }: Seen, { gap, told }: Missed): void {
    const runs = missedRuns(view, told, gap)
    for (const run of runs) {
      const { entry, podHash } = run.stored
      const { startedAt, endedAt = now } = entry
      this.#history.add([runRow(run.stored)])
      this.#addGap(run, { at: startedAt, until: endedAt, why: gap.why })
      const isLast = run === runs.at(-1) && podHash === view.currentPodHash
      if (isLast) this.#addFacts(run, { before: undefined, view, now }, Math.min(endedAt, now - 1))
      this.#takeForeign(run)
    }
    this.#unseen.keep(view.key, runs, now)
  }

  afterwards(key: RolloutKey, moments: readonly ToldMoment[]): void {
    const runs = this.#runsOf(key, this.#clock.now())
    for (const { mark, moment } of moments) {
      const run = runAt(runs, moment.at)
      if (run !== undefined) this.#add(run, [moment], mark)
    }
  }

  /** Those that still take what belongs to them, oldest first. */
  #runsOf(key: RolloutKey, now: EpochMs): readonly OpenRun[] {
    const last = this.#runs.get(key)
    const unseen = this.#unseen.of(key, now)
    return last === undefined || unseen.includes(last) ? unseen : [...unseen, last]
  }

  #remember(view: RolloutView): void {
    this.#views.delete(view.key)
    this.#views.set(view.key, view)
    const [longestUnseen] = this.#views.keys()
    if (this.#views.size <= rolloutsMax || longestUnseen === undefined) return
    this.#views.delete(longestUnseen)
    this.#runs.delete(longestUnseen)
    this.#unseen.delete(longestUnseen)
    this.#early.take(longestUnseen)
  }

  /** The run under way, or the last one while it takes what follows from it. */
  #runOf(key: RolloutKey, now: EpochMs): OpenRun | undefined {
    const run = this.#runs.get(key)
    const endedAt = run?.stored.entry.endedAt
    if (endedAt === undefined || now - endedAt <= aftermathMs) return run
    this.#runs.delete(key)
    return undefined
  }

  #begin({ view, now, missed }: Sight): void {
    const told = missed?.told.updates.findLast(({ podHash }) => podHash === view.currentPodHash)
    const run = beginRun(view, Math.min(told?.startedAt ?? now, now))
    this.#runs.set(view.key, run)
    this.#history.add([runRow(run.stored)])
    if (missed !== undefined && told !== undefined) this.#addGap(run, { ...missed.gap, until: now })
    this.#takeWaiting(run)
    this.#add(run, momentsBetween(undefined, view, now))
    for (const { event, uid } of this.#early.take(view.key)) this.event(view.key, event, uid)
    this.#takeForeign(run)
  }

  #end(run: OpenRun, outcome: HistoryOutcome, endedAt: EpochMs): void {
    if (outcome === 'RolledBack') this.#takeWaiting(run)
    this.#update(run, { entry: { ...run.stored.entry, outcome, endedAt } })
    const now = this.#clock.now()
    if (endedAt < now) this.#unseen.keep(run.stored.entry.key, [run], now)
  }

  /** Of an abort that nobody gave a reason for, the controller's message is the reason; it comes after the abort itself. */
  #takeReason(run: OpenRun, view: RolloutView): void {
    const { entry } = run.stored
    const reason = abortMessage(view)
    if (entry.outcome !== 'Aborted' || entry.reason !== undefined || reason === '') return
    this.#update(run, { entry: { ...entry, reason } })
  }

  /** What the command line did meanwhile, in a process of its own. */
  #takeForeign(run: OpenRun): void {
    const { key, startedAt, endedAt = Number.POSITIVE_INFINITY } = run.stored.entry
    const since = Math.max(startedAt - beginsWithinMs, run.eventsAfter)
    for (const { row, action: told } of foreignActions(this.#history, key, { after: run.journalSeen, since })) {
      run.journalSeen = row
      if (told.at > endedAt + aftermathMs) return
      const begins = told.sent && startingActions.includes(told.action)
      if (begins || told.at >= startedAt) this.#tellAction(run, told)
    }
  }

  /** UI-HIST-4. */
  #closeGap(run: OpenRun, gap: ContextGap | undefined, until: EpochMs): void {
    const { seenAt: at } = run.stored
    if (!run.resumed && gap !== undefined) this.#addGap(run, { ...gap, until })
    if (run.resumed && until > at) this.#addGap(run, { at, until, why: 'Argosy was closed' })
    run.resumed = false
  }

  /** Told again it replaces what was told of it before it was over. */
  #addGap(run: OpenRun, { at, until, why }: ContextGap): void {
    const from = Math.max(at, run.stored.entry.startedAt)
    this.#add(run, [{ at: from, who: 'argosy', kind: 'gap', until, why }], `gap ${from}`)
  }

  #update(run: OpenRun, change: Partial<StoredRun>): void {
    run.stored = { ...run.stored, ...change }
    this.#history.add([runRow(run.stored)])
  }

  #add(run: OpenRun, moments: readonly HistoryMomentView[], mark?: string): void {
    const fitting = moments.slice(0, Math.max(0, momentsPerRunMax - run.moments))
    run.moments += fitting.length
    this.#write(run, fitting, mark)
  }

  #write(run: OpenRun, moments: readonly HistoryMomentView[], mark?: string): void {
    const runId = run.stored.entry.id
    const words = wordsWith(run.stored.words, moments)
    if (words !== run.stored.words) this.#update(run, { words })
    this.#history.add(
      moments.map((moment) => ({ table: 'moment', runId, at: moment.at, body: writeBody(moment), mark })),
    )
  }

  removed(key: RolloutKey): void {
    const run = this.#runs.get(key)
    if (run !== undefined && isUnderWay(run)) {
      const now = this.#clock.now()
      this.#closeGap(run, undefined, now)
      const { entry } = run.stored
      const reason = entry.reason ?? 'The rollout was deleted.'
      this.#update(run, { entry: { ...entry, outcome: 'Deleted', endedAt: now, reason } })
    }
    for (const map of [this.#views, this.#runs, this.#unseen]) map.delete(key)
    this.#waiting.take(key)
    this.#early.take(key)
  }

  capture(key: RolloutKey, uid: string, revisions: readonly CapturedRevision[]): void {
    const capturedAt = this.#clock.now()
    for (const { revision, template, version } of revisions) {
      const id = `${key} ${uid} ${revision}`
      if (this.#captured.has(id)) continue
      if (this.#captured.size >= templatesKnownMax) this.#captured = new Set()
      this.#captured.add(id)
      const body = JSON.stringify(redactTemplate(template, this.#prints))
      this.#history.add([{ table: 'template', key, uid, revision, capturedAt, version, body }])
    }
  }

  event(key: RolloutKey, event: EventView, uid?: string): void {
    const now = this.#clock.now()
    const hasUnseen = this.#unseen.of(key, now).length > 0
    const run = (hasUnseen ? runAt(this.#runsOf(key, now), event.at) : undefined) ?? this.#runOf(key, now)
    if (run === undefined) return this.#early.keep(key, { event, uid }, now)
    const told = noteEvent(run, { event, uid })
    if (told === 'new') this.#add(run, [eventMoment(event)], event.id)
    if (told === 'again') this.#write(run, [eventMoment(event)], event.id)
    const { entry } = run.stored
    if (completes(run, event)) this.#update(run, { entry: { ...entry, outcome: 'Completed', endedAt: event.at } })
  }

  action(key: RolloutKey, action: RecordedAction): void {
    const now = this.#clock.now()
    const target = { key, uid: this.#views.get(key)?.uid }
    this.#history.add([journalRow(target, action, now, this.#prints)])
    if (!isOfRun(action)) return
    const run = this.#runOf(key, now)
    const starts = action.result.sent && startingActions.includes(action.action)
    const hasBegun = run !== undefined && isUnderWay(run) && now - run.stored.entry.startedAt <= aheadMs
    if (starts && !hasBegun) this.#waiting.wait(key, { at: now, action })
    else if (run !== undefined) this.#addAction(run, { at: now, action })
  }

  ownership(recorded: RecordedOwnership): void {
    this.#history.add([ownershipRow(recorded, this.#clock.now())])
  }

  /** The action begins a run that is not seen yet; when none comes, it belongs to the one under way. */
  #giveUp(key: RolloutKey, sent: SentAction): void {
    const run = this.#runs.get(key)
    if (run !== undefined && isUnderWay(run)) this.#addAction(run, sent)
  }

  #takeWaiting(run: OpenRun): void {
    const sent = this.#waiting.take(run.stored.entry.key)
    if (sent !== undefined) this.#addAction(run, sent)
  }

  #addAction(run: OpenRun, { at, action: { action, actor, reason, result } }: SentAction): void {
    const words = { reason: redactText(reason), result: resultText(result) }
    this.#tellAction(run, { at, action, actor, sent: result.sent, ...words })
  }

  #tellAction(run: OpenRun, { at, action, actor: who, reason, result, sent }: ToldAction): void {
    this.#add(run, [{ at, who, kind: 'action', action, reason, result }])
    if (!sent) return
    const { entry } = run.stored
    this.#update(run, { entry: { ...entry, actor: who, reason: reason === '' ? entry.reason : reason } })
  }

  connection(context: string, state: ConnectionState): void {
    const gap = this.#gaps.note(context, state, this.#clock.now())
    if (gap !== undefined) this.#addGaps(gap, (each) => each === context)
  }

  slept(gap: ContextGap): void {
    this.#gaps.slept(gap)
    this.#addGaps(gap, (context) => this.#gaps.brokenSince(context) === undefined)
  }

  #addGaps(gap: ContextGap, isOf: (context: string) => boolean): void {
    for (const run of this.#runs.values())
      if (isOf(run.stored.entry.context) && isUnderWay(run) && !run.resumed) this.#addGap(run, gap)
  }

  /** Notes up to when the record is complete, so that the next start knows how long the gap is (UI-HIST-4). */
  stop(): void {
    this.#waiting.stop()
    for (const run of this.#runs.values()) {
      if (!isUnderWay(run) || run.resumed) continue
      const seenAt = this.#gaps.brokenSince(run.stored.entry.context) ?? this.#clock.now()
      this.#update(run, { seenAt: Math.max(seenAt, run.stored.seenAt) })
    }
  }
}
