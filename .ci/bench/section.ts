import type { Report } from './report.ts'

/** A control plane named on the command line, for the one section that can use it. */
export interface NamedCluster {
  readonly kubeconfig: string
  readonly context: string
}

export interface BenchOptions {
  /** Path of the browser. */
  readonly chromium: string
  readonly report: Report
  /** Absent: the sandbox. */
  readonly cluster: NamedCluster | undefined
  /** Rollouts in each cluster. */
  readonly rollouts: number
  /** Pods of each. */
  readonly replicas: number
  /** Updates of the section `engine`, each a sample. */
  readonly repeats: number
  /** Of an analysis that each rollout of the section `engine` has; 0: none has one. */
  readonly measurements: number
}

export interface Section {
  readonly name: string
  /** Half a line for `--help`. */
  readonly about: string
  /** A missed target of this section ends the run with 1. */
  readonly binding?: true
  /** Throws when something could not be measured; every process it started has ended either way. */
  run(options: BenchOptions): Promise<void>
}
