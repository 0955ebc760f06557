import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnalysisPhase } from '#api/analysis.ts'
import type { Experiment } from '#api/experiment.ts'
import type { Decision } from '#engine/decision.ts'
import { reconcileExperiment } from '#engine/experiment/reconcile.ts'
import type { ExperimentWorld } from '#engine/experiment/world.ts'
import { templateSource } from '#test/support/builders/analysis.ts'
import {
  anAnalysis,
  anExperiment,
  anExperimentTemplate,
  anExperimentWorld,
  aServedTemplate,
} from '#test/support/builders/experiment.ts'
import { applyExperimentWrites, ExperimentJourney } from '#test/support/experiment-journey.ts'

const seed = 20260115

const templates = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('bar', 'baz', 'qux'),
    replicas: fc.option(fc.nat(3), { nil: undefined }),
    isServed: fc.boolean(),
  }),
  { selector: ({ name }) => name, maxLength: 3 },
)
const analyses = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('a', 'b'), requiredForCompletion: fc.boolean(), isThere: fc.boolean() }),
  { selector: ({ name }) => name, maxLength: 2 },
)
const worlds = fc
  .record({
    templates,
    analyses,
    duration: fc.constantFrom(undefined, '5s', 'soon'),
    scaleDownDelaySeconds: fc.constantFrom(undefined, 0, 7),
    taken: fc.constantFrom([], [], [], ['try-baz']),
  })
  .map(({ taken, ...parts }) => {
    const experiment = anExperiment({
      templates: parts.templates.map(({ name, replicas, isServed }) =>
        (isServed ? aServedTemplate : anExperimentTemplate)(name, replicas === undefined ? {} : { replicas }),
      ),
      analyses: parts.analyses.map(({ name, requiredForCompletion }) => anAnalysis(name, { requiredForCompletion })),
      spec: {
        progressDeadlineSeconds: 20,
        ...(parts.duration !== undefined && { duration: parts.duration }),
        ...(parts.scaleDownDelaySeconds !== undefined && { scaleDownDelaySeconds: parts.scaleDownDelaySeconds }),
      },
    })
    const world = anExperimentWorld({ experiment, serviceNamesTaken: taken })
    const missing: readonly string[] = parts.analyses
      .filter(({ isThere }) => !isThere && parts.duration === '5s')
      .map(({ name }) => name)
    const known = Object.values(world.templates.namespaced).filter(({ metadata }) => !missing.includes(metadata.name))
    return { ...world, templates: templateSource(known) }
  })

type Act =
  | { readonly kind: 'pass'; readonly seconds: number }
  | { readonly kind: 'terminate' }
  | { readonly kind: 'conclude'; readonly run: string; readonly phase: AnalysisPhase }
  | { readonly kind: 'pods'; readonly ready: boolean }

const acts = fc.array(
  fc.oneof<fc.Arbitrary<Act>[]>(
    fc.record({ kind: fc.constant('pass' as const), seconds: fc.nat(30) }),
    fc.record({ kind: fc.constant('terminate' as const) }),
    fc.record({
      kind: fc.constant('conclude' as const),
      run: fc.constantFrom('try-a', 'try-b'),
      phase: fc.constantFrom<AnalysisPhase[]>('Successful', 'Failed', 'Error', 'Inconclusive'),
    }),
    fc.record({ kind: fc.constant('pods' as const), ready: fc.boolean() }),
  ),
  { maxLength: 6 },
)

function perform(journey: ExperimentJourney, act: Act): void {
  switch (act.kind) {
    case 'pass':
      journey.pass(act.seconds)
      break
    case 'terminate':
      journey.terminate()
      break
    case 'conclude': {
      const phase = journey.world.analysisRuns[act.run]?.status?.phase
      if (phase === 'Running') journey.conclude(act.run, act.phase)
      break
    }
    case 'pods':
      journey.isReady = () => act.ready
      journey.settle()
  }
}

describe('reconcileExperiment', () => {
  it('E3: settles whatever happens, and a day later there is nothing left to do', () => {
    fc.assert(
      fc.property(worlds, acts, (world, list) => {
        const journey = new ExperimentJourney(world).settle()
        for (const act of list) perform(journey, act)
        expect(reconcileExperiment(journey.world, journey.now).writes).toEqual([])
        journey.pass(86_400).pass(60)
        expect(reconcileExperiment(journey.world, journey.now + 86_400_000).writes).toEqual([])
      }),
      { seed, numRuns: 200 },
    )
  })

  it('E4: a crash after any write of any round leads to the same end', () => {
    fc.assert(
      fc.property(worlds, acts, fc.nat(12), fc.nat(6), (world, list, crashRound, crashWrite) => {
        const straight = new ExperimentJourney(world).settle()
        const crashed = new CrashingJourney(world, crashRound, crashWrite).settle()
        for (const act of [...list, { kind: 'pass', seconds: 100 } as const])
          for (const journey of [straight, crashed]) perform(journey, act)
        expect(outcome(crashed.world)).toEqual(outcome(straight.world))
      }),
      { seed, numRuns: 300 },
    )
  })

  it('E5: a round writes no object twice', () => {
    fc.assert(
      fc.property(worlds, acts, (world, list) => {
        const journey = new ExperimentJourney(world).settle()
        for (const act of list) perform(journey, act)
        for (const { writes } of journey.rounds) {
          const names = writes.flatMap((write) =>
            write.kind === 'event' ? [] : [`${write.ref.resource.plural}/${write.ref.name}`],
          )
          expect(new Set(names).size).toBe(names.length)
        }
      }),
      { seed, numRuns: 100 },
    )
  })

  it('EXP-1301: once it is ended and every run has come to its end, so has the Experiment', () => {
    fc.assert(
      fc.property(worlds, acts, (world, list) => {
        const journey = new ExperimentJourney(world).settle()
        for (const act of list) perform(journey, act)
        journey.terminate()
        expect(['Successful', 'Failed', 'Error', 'Inconclusive']).toContain(journey.status.phase)
        expect(journey.pass(60).sizes.filter((size) => !size.endsWith(' 0'))).toEqual([])
        expect(journey.world.services).toEqual([])
      }),
      { seed, numRuns: 150 },
    )
  })
})

/** Loses everything after some write of some round, once; then goes on as if nothing had happened. */
class CrashingJourney extends ExperimentJourney {
  #rounds = 0
  readonly #crashRound: number
  readonly #crashWrite: number

  constructor(world: ExperimentWorld, crashRound: number, crashWrite: number) {
    super(world)
    this.#crashRound = crashRound
    this.#crashWrite = crashWrite
  }

  protected override apply({ writes }: Decision): ExperimentWorld {
    const isCrash = this.#rounds++ === this.#crashRound
    return applyExperimentWrites(this.world, isCrash ? writes.slice(0, this.#crashWrite) : writes)
  }
}

/** What users see of the end. Times may differ. */
function outcome({ experiment, replicaSets, services, analysisRuns }: ExperimentWorld): unknown {
  const {
    phase,
    message,
    templateStatuses = [],
    analysisRuns: entries = [],
  }: NonNullable<Experiment['status']> = experiment.status ?? {}
  return {
    phase,
    message,
    templates: templateStatuses.map(({ lastTransitionTime: _time, ...rest }) => rest),
    // Whether a run that is asked to end has ended before the status was written is a matter of time (EXP-1304).
    entries: entries.filter(({ analysisRun }) => analysisRuns[analysisRun]?.spec.terminate !== true),
    sizes: Object.fromEntries(replicaSets.map(({ metadata, spec }) => [metadata.name, spec.replicas])),
    services: services.map(({ metadata }) => metadata.name).toSorted(),
    runs: Object.values(analysisRuns).map(({ metadata, spec, status }) => [metadata.name, spec.terminate, status]),
  }
}
