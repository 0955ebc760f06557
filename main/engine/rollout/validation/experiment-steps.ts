import type { AnalysisRunArgument, CanaryStep, CanaryStrategy } from '#api/rollout.ts'
import { invalid, type SpecRule } from './spec-error.ts'
import { hasPlugins } from './traffic-routing.ts'

type StepRule = SpecRule<{ readonly canary: CanaryStrategy; readonly step: CanaryStep; readonly path: string }>

/** API-114, API-115: what steps hand to experiments and analyses. */
export const experimentStepRules: readonly StepRule[] = [
  ({ canary: { trafficRouting: router }, step, path }) => {
    const templates = step.experiment?.templates ?? []
    const index = templates.findIndex(({ weight }) => weight !== undefined)
    if (index < 0) return undefined
    const field = `${path}.experiment.templates[${index}].weight`
    const weight = templates[index]?.weight
    if (router === undefined)
      return invalid(field, weight, 'Experiment template weight cannot be set unless TrafficRouting is enabled')
    const isSupported =
      (['alb', 'smi', 'istio'] as const).some((name) => router[name] !== undefined) || hasPlugins(router)
    const detail =
      'Experiment template weight is only available for TrafficRouting with SMI, ALB, Istio and Plugins at this time'
    return isSupported ? undefined : invalid(field, weight, detail)
  },
  ({ step, path }) => {
    const args = argumentsOf(step)
    const isReadable = args.every(({ valueFrom }) => isObjectField(valueFrom?.fieldRef?.fieldPath ?? ''))
    const detail = 'Analyses arguments must refer to valid object metadata supported by downwardAPI'
    return isReadable ? undefined : invalid(`${path}.analyses`, args, detail)
  },
]

const argumentsOf = ({ experiment, analysis }: CanaryStep): readonly AnalysisRunArgument[] => [
  ...(experiment?.analyses ?? []).flatMap(({ args }) => args ?? []),
  ...(analysis?.args ?? []),
]

const metadataField =
  /^metadata\.(name|namespace|uid|labels|annotations|(labels|annotations)\['([a-z0-9.-]+\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?'\])$/

/** Other fields than those of metadata are looked up when the analysis starts. */
const isObjectField = (path: string): boolean => !path.startsWith('metadata') || metadataField.test(path)
