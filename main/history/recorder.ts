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
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import { redactText } from '#lib/redact-text.ts'
import { ContextGaps } from './context-gaps.ts'
import { foreignActions, type RolloutActionView } from './journal.ts'
import { journalRow, ownershipRow, type RecordedAction, type RecordedOwnership } from './journal-entry.ts'
import { abortMessage, isUpdating, momentsBetween, outcomeOf, resultText } from './moments.ts'
import { beginRun, isUnderWay, type OpenRun, readOpenRuns, runRow } from './open-run.ts'
import { type StoredRun, writeBody } from './record-body.ts'
import { redactTemplate } from './redact-template.ts'
import { aheadMs, EarlyEvents, eventMoment, noteEvent } from './run-events.ts'
import { type SecretPrints, secretPrints } from './secret-prints.ts'
import type { History } from './store.ts'
import { wordsWith } from './told-words.ts'

export interface CapturedRevision {
  readonly revision: number
  readonly template: PodTemplateSpec
  readonly version: string | undefined
}

/** Turns what is seen of rollouts into runs and moments of the archive. Only changes are written. */
export interface Recorder {
  /** To be called with every new view of a rollout. */
  observe(view: RolloutView): void
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
  /** To be called before the history is closed. */
  stop(): void
}

interface RecorderOptions {
  readonly history: History
  readonly clock: Clock
  readonly log: Log
}

/** After its end a run still takes what follows from it: pods going down, the reason of an abort. */
const aftermathMs = 120_000
/** A run begins within this after the action that starts it, even on a slow cluster. */
const beginsWithinMs = 60_000
const rolloutsMax = 20_000
const momentsPerRunMax = 5000
const templatesKnownMax = 100_000

const startingActions: readonly ActionName[] = ['setImage', 'undo', 'retry']

/** What becomes of a Deployment is no part of an update. */
type RunAction = RecordedAction & { readonly action: ActionName }

const isOfRun = (recorded: RecordedAction): recorded is RunAction =>
  actionNames.some((each) => each === recorded.action)

interface SentAction {
  readonly at: EpochMs
  readonly action: RunAction
}

/** An action of a timeline, its secrets out. */
type ToldAction = Pick<RolloutActionView, 'at' | 'action' | 'actor' | 'reason' | 'result' | 'sent'>

/** What an action of a person leads to: another status or step. */
const isTurn = (before: RolloutView | undefined, view: RolloutView): boolean =>
  before?.status !== view.status || before.phase !== view.phase || before.stepIndex !== view.stepIndex

/** An update that is under way, and no aborted one. */
const isBeginning = (view: RolloutView): boolean => isUpdating(view) && view.status !== 'Aborted'

export const createRecorder = (options: RecorderOptions): Recorder => new RunRecorder(options)

class RunRecorder implements Recorder {
  readonly #history: History
  readonly #clock: Clock
  readonly #prints: SecretPrints
  /** The last view of each rollout, longest unseen first. */
  readonly #views = new Map<RolloutKey, RolloutView>()
  readonly #runs = new Map<RolloutKey, OpenRun>()
  readonly #early = new EarlyEvents()
  /** Sent actions whose run has not begun. */
  readonly #waiting = new Map<RolloutKey, SentAction & { readonly forget: Dispose }>()
  readonly #gaps = new ContextGaps()
  #captured = new Set<string>()

  constructor({ history, clock, log }: RecorderOptions) {
    this.#history = history
    this.#clock = clock
    this.#prints = secretPrints(history)
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

  observe(view: RolloutView): void {
    const before = this.#views.get(view.key)
    if (before === view) return
    this.#remember(view)
    const now = this.#clock.now()
    const run = this.#runOf(view.key, now)
    const goesOn = run !== undefined && this.#follow(run, before, view, now)
    if (!goesOn && isBeginning(view)) this.#begin(view, now)
  }

  /** True when the run is still under way after this view. What the view tells of the next update is not told of this run. */
  #follow(run: OpenRun, before: RolloutView | undefined, view: RolloutView, now: EpochMs): boolean {
    if (run.resumed) this.#resume(run, now)
    const outcome = isUnderWay(run) ? outcomeOf(run.stored, view) : undefined
    const goesOn = isUnderWay(run) && outcome === undefined
    const isAboutRun = view.uid === run.stored.uid && (goesOn || !isBeginning(view))
    if (isAboutRun) this.#add(run, momentsBetween(before, view, now))
    if (outcome !== undefined) this.#end(run, outcome)
    if (isAboutRun) this.#takeReason(run, view)
    if (isAboutRun && isTurn(before, view)) this.#takeForeign(run)
    return goesOn
  }

  #remember(view: RolloutView): void {
    this.#views.delete(view.key)
    this.#views.set(view.key, view)
    const [longestUnseen] = this.#views.keys()
    if (this.#views.size <= rolloutsMax || longestUnseen === undefined) return
    this.#views.delete(longestUnseen)
    this.#runs.delete(longestUnseen)
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

  #begin(view: RolloutView, now: EpochMs): void {
    const run = beginRun(view, now)
    this.#runs.set(view.key, run)
    this.#history.add([runRow(run.stored)])
    this.#takeWaiting(run)
    this.#add(run, momentsBetween(undefined, view, now))
    for (const { event, uid } of this.#early.take(view.key)) this.event(view.key, event, uid)
    this.#takeForeign(run)
  }

  #end(run: OpenRun, outcome: HistoryOutcome): void {
    if (outcome === 'RolledBack') this.#takeWaiting(run)
    this.#update(run, { entry: { ...run.stored.entry, outcome, endedAt: this.#clock.now() } })
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
    const { key, startedAt } = run.stored.entry
    const since = Math.max(startedAt - beginsWithinMs, run.eventsAfter)
    for (const { row, action: told } of foreignActions(this.#history, key, { after: run.journalSeen, since })) {
      run.journalSeen = row
      const begins = told.sent && startingActions.includes(told.action)
      if (begins || told.at >= startedAt) this.#tellAction(run, told)
    }
  }

  /** UI-HIST-4. */
  #resume(run: OpenRun, until: EpochMs): void {
    run.resumed = false
    const { seenAt: at } = run.stored
    if (until > at) this.#add(run, [{ at, who: 'argosy', kind: 'gap', until, why: 'Argosy was closed' }])
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
      if (run.resumed) this.#resume(run, now)
      const { entry } = run.stored
      const reason = entry.reason ?? 'The rollout was deleted.'
      this.#update(run, { entry: { ...entry, outcome: 'Deleted', endedAt: now, reason } })
    }
    this.#waiting.get(key)?.forget()
    for (const map of [this.#views, this.#runs, this.#waiting]) map.delete(key)
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
    const run = this.#runOf(key, now)
    if (run === undefined) return this.#early.keep(key, { event, uid }, now)
    const told = noteEvent(run, { event, uid })
    if (told === 'new') this.#add(run, [eventMoment(event)], event.id)
    if (told === 'again') this.#write(run, [eventMoment(event)], event.id)
  }

  action(key: RolloutKey, action: RecordedAction): void {
    const now = this.#clock.now()
    const target = { key, uid: this.#views.get(key)?.uid }
    this.#history.add([journalRow(target, action, now, this.#prints)])
    if (!isOfRun(action)) return
    const run = this.#runOf(key, now)
    const starts = action.result.sent && startingActions.includes(action.action)
    const hasBegun = run !== undefined && isUnderWay(run) && now - run.stored.entry.startedAt <= aheadMs
    if (starts && !hasBegun) this.#wait(key, { at: now, action })
    else if (run !== undefined) this.#addAction(run, { at: now, action })
  }

  ownership(recorded: RecordedOwnership): void {
    this.#history.add([ownershipRow(recorded, this.#clock.now())])
  }

  /** The action begins a run that is not seen yet; when none comes, it belongs to the one under way. */
  #wait(key: RolloutKey, sent: SentAction): void {
    this.#waiting.get(key)?.forget()
    const forget = this.#clock.after(beginsWithinMs, () => this.#giveUpWaiting(key))
    this.#waiting.set(key, { ...sent, forget })
  }

  #giveUpWaiting(key: RolloutKey): void {
    const run = this.#runs.get(key)
    if (run !== undefined && isUnderWay(run)) this.#takeWaiting(run)
    this.#waiting.delete(key)
  }

  #takeWaiting(run: OpenRun): void {
    const { key } = run.stored.entry
    const sent = this.#waiting.get(key)
    if (sent === undefined) return
    sent.forget()
    this.#waiting.delete(key)
    this.#addAction(run, sent)
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
    if (gap === undefined) return
    for (const run of this.#runs.values()) {
      const { entry } = run.stored
      if (entry.context !== context || !isUnderWay(run) || run.resumed) continue
      this.#add(run, [{ who: 'argosy', kind: 'gap', ...gap, at: Math.max(gap.at, entry.startedAt) }])
    }
  }

  /** Notes up to when the record is complete, so that the next start knows how long the gap is (UI-HIST-4). */
  stop(): void {
    for (const [key, { forget }] of this.#waiting) {
      forget()
      this.#giveUpWaiting(key)
    }
    for (const run of this.#runs.values()) {
      if (!isUnderWay(run) || run.resumed) continue
      const seenAt = this.#gaps.brokenSince(run.stored.entry.context) ?? this.#clock.now()
      this.#update(run, { seenAt: Math.max(seenAt, run.stored.seenAt) })
    }
  }
}
