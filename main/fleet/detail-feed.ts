import type { RolloutDetailView, RolloutKey } from '#contract/views.ts'
import type { Clock, Dispose, EpochMs } from '#lib/clock.ts'
import { jsonEqual } from '#lib/json-patch.ts'

type Listener = (detail: RolloutDetailView | undefined) => void

interface Subject {
  readonly listeners: Set<Listener>
  sent: RolloutDetailView | undefined
  sentAt: EpochMs
  alarm: Dispose | undefined
}

/** Between two details of one rollout; five a second at most. */
const intervalMs = 200

/** Details of those rollouts that someone looks at: once at the start, then whenever something in them changed. */
export class DetailFeed {
  readonly #clock: Clock
  readonly #project: (key: RolloutKey) => RolloutDetailView | undefined
  readonly #subjects = new Map<RolloutKey, Subject>()

  constructor(clock: Clock, project: (key: RolloutKey) => RolloutDetailView | undefined) {
    this.#clock = clock
    this.#project = project
  }

  subscribe(key: RolloutKey, listener: Listener): Dispose {
    const subject = this.#subjects.get(key) ?? this.#open(key)
    // One function may be given twice; each subscription ends by itself.
    const own: Listener = (detail) => listener(detail)
    subject.listeners.add(own)
    listener(subject.sent)
    return () => {
      subject.listeners.delete(own)
      if (subject.listeners.size === 0) this.#close(key, subject)
    }
  }

  /** Says that this rollout may look different. Cheap. */
  mark(key: RolloutKey): void {
    const subject = this.#subjects.get(key)
    if (subject === undefined || subject.alarm !== undefined) return
    const delayMs = Math.max(0, subject.sentAt + intervalMs - this.#clock.now())
    subject.alarm = this.#clock.after(delayMs, () => this.#send(key, subject))
  }

  stop(): void {
    for (const [key, subject] of this.#subjects) this.#close(key, subject)
  }

  #open(key: RolloutKey): Subject {
    const subject: Subject = {
      listeners: new Set(),
      sent: this.#project(key),
      sentAt: this.#clock.now(),
      alarm: undefined,
    }
    this.#subjects.set(key, subject)
    return subject
  }

  #close(key: RolloutKey, subject: Subject): void {
    subject.alarm?.()
    subject.listeners.clear()
    if (this.#subjects.get(key) === subject) this.#subjects.delete(key)
  }

  #send(key: RolloutKey, subject: Subject): void {
    subject.alarm = undefined
    const detail = this.#project(key)
    if (jsonEqual(subject.sent, detail)) return
    subject.sent = detail
    subject.sentAt = this.#clock.now()
    for (const listener of subject.listeners) listener(detail)
  }
}
