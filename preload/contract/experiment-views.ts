import type { EpochMs } from '#lib/clock.ts'
import type { AnalysisPhaseView } from './analysis-views.ts'

/** An Experiment of an update as the window may see it. Texts that a cluster has chosen are cut at a length. */
export interface ExperimentView {
  readonly name: string
  /** 0-based step of the canary it was made for; `undefined`: its name does not tell. */
  readonly stepIndex: number | undefined
  /** The Rollout waits for it. */
  readonly current: boolean
  readonly phase: AnalysisPhaseView
  readonly message: string
  /** It was asked to end (EXP-303). */
  readonly terminating: boolean
  /** Why it cannot be asked to end; `undefined`: it can be (UI-ACT-4). */
  readonly terminateOff: string | undefined
  readonly createdAt: EpochMs
  /** How long it runs once all its pods are available; `undefined`: until its analyses have ended, or somebody ends it (EXP-609). */
  readonly durationMs: number | undefined
  /** When the duration is over; `undefined` before its pods are available, once it has ended, and without a duration. */
  readonly endsAt: EpochMs | undefined
  /** In the order of the spec. */
  readonly templates: readonly ExperimentTemplateView[]
  readonly analyses: readonly ExperimentAnalysisView[]
}

export interface ExperimentTemplateView {
  readonly name: string
  /** `Unknown`: the status says nothing of it yet. */
  readonly state: 'Progressing' | 'Running' | 'Successful' | 'Failed' | 'Error' | 'Unknown'
  readonly message: string
  readonly images: readonly string[]
  readonly ready: number
  /** Pods it should have now: none once it has ended or is ending (EXP-401). */
  readonly desired: number
}

export interface ExperimentAnalysisView {
  readonly name: string
  /** Its AnalysisRun; `undefined` before there is one. */
  readonly run: string | undefined
  /** Of the run itself, where it can be read (EXP-1304). */
  readonly phase: AnalysisPhaseView
  readonly message: string
  /** The Experiment has passed when all of these have (EXP-304). */
  readonly required: boolean
}
