import * as v from 'valibot'
import type { Failure } from '#lib/failure.ts'
import type { Outcome } from '#lib/outcome.ts'
import { request } from './channel.ts'
import type { ConfigDiffView, DiffView } from './diff-views.ts'
import type { DriftView, FleetDriftView } from './drift-views.ts'

const key = v.pipe(v.string(), v.minLength(5), v.maxLength(4096))

/** The longest text that is read as a manifest, in characters. */
export const manifestTextMax = 4_000_000

const side = v.variant('kind', [
  /** The pod template of a revision, from the cluster or from the history. */
  v.object({ kind: v.literal('revision'), key, revision: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  /** What the Rollout asks for now. */
  v.object({ kind: v.literal('live'), key }),
  /** What kubectl applied last, by its annotation. */
  v.object({ kind: v.literal('applied'), key }),
  /** A file that a person chose, as YAML or JSON. */
  v.object({
    kind: v.literal('text'),
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(1024)),
    text: v.pipe(v.string(), v.maxLength(manifestTextMax)),
  }),
  /** What the Rollout asked for then, from the record. */
  v.object({ kind: v.literal('moment'), key, at: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
])

export type DiffSideInput = v.InferOutput<typeof side>

const sides = v.object({ left: side, right: side })

export const diffRequests = {
  'diff.compare': request<Outcome<DiffView, Failure>>().of(sides),
  /** The ConfigMaps and Secrets that both sides name, read from their clusters for this answer (W11). */
  'diff.config': request<Outcome<ConfigDiffView, Failure>>().of(sides),
  /** One application in all clusters (UI-DIFF-6). Asks no cluster. */
  'diff.drift': request<Outcome<DriftView, Failure>>().of(v.object({ key })),
  /** All applications that are in several clusters. Asks no cluster. */
  'diff.fleet': request<FleetDriftView>().of(v.undefined()),
} as const
