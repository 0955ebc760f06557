import type { EpochMs } from '#lib/clock.ts'
import type { ForeseenWriteView } from './views.ts'

/** What taking over a cluster, or handing it back, would mean for its rollouts (OPS-38, OPS-41). */
export interface DrivePreviewView {
  readonly context: string
  readonly drive: boolean
  /** Those that our engine would drive, or drives. */
  readonly rollouts: number
  readonly phases: Readonly<Record<DrivenPhase, number>>
  /** Those in the middle of an update, the first of `updatingCount`. */
  readonly updating: readonly UpdatingView[]
  readonly updatingCount: number
  /** In the first minute, the first of `writeCount`, in order; none when it is handed back. */
  readonly writes: readonly FirstWriteView[]
  readonly writeCount: number
  /** Of these only the very next writes are known, or none: `namespace/name`. */
  readonly unforeseen: readonly string[]
  readonly next: WhoNextView
}

/** What people do about a whole cluster, as journalled: its entries have neither namespace nor name. */
export const clusterActionNames = [
  'drive',
  'handBack',
  'askToDrive',
  'keepDriving',
  'handOver',
  /** What happened to the lease here, asked for or not. */
  'leaseTaken',
  'leaseLost',
] as const
export type ClusterActionName = (typeof clusterActionNames)[number]

export const drivenPhases = ['Healthy', 'Progressing', 'Paused', 'Degraded'] as const
export type DrivenPhase = (typeof drivenPhases)[number]

export interface UpdatingView {
  readonly namespace: string
  readonly name: string
  readonly phase: string
  readonly message: string
  /** Steps done of all; `undefined` without steps. */
  readonly step: { readonly done: number; readonly of: number } | undefined
  /** It waits for a person, whoever drives. */
  readonly waitsForPerson: boolean
}

export type FirstWriteView = ForeseenWriteView & {
  /** `namespace/name` of the Rollout it is for. */
  readonly rollout: string
}

export type WhoNextView =
  /** Nobody has the lease: ours at once. */
  | { readonly how: 'atOnce' }
  | { readonly how: 'ours' }
  /** Somebody else renews the lease: it is waited for. */
  | { readonly how: 'waits'; readonly holder: HolderView }
  /** A controller that no lease of ours holds back: nothing would be written. */
  | { readonly how: 'rival'; readonly controller: string }
  /** After we hand back: this controller runs, and takes it. */
  | { readonly how: 'controller'; readonly controller: string }
  /** It is handed over to who asked for it. */
  | { readonly how: 'asker'; readonly by: string }
  /** After we hand back nobody does; a controller that is there, and scaled to nothing, is named. */
  | { readonly how: 'nobody'; readonly scaledDown: string | undefined }
  | { readonly how: 'unknown'; readonly why: string }

/** Who has the lease of a cluster, as read from it. */
export interface HolderView {
  readonly identity: string
  /** Where an Argosy runs; `undefined` of anybody else. */
  readonly host: string | undefined
  /** When it took it, by its own clock. */
  readonly since: EpochMs | undefined
  /** Whether there is anybody to ask for it: only at an `argosy` on somebody's machine. */
  readonly kind: 'argosy' | 'inCluster' | 'controller'
}
