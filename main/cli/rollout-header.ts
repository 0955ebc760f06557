import type { Rollout } from '#api/rollout.ts'
import { existingOf, revisionOf } from '#engine/rollout/replica-set/facts.ts'
import { replicasOf } from '#engine/rollout/spec-defaults.ts'
import { shownPhase } from '#engine/status/phase.ts'
import type { RouteState, Routing } from '#engine/status/routing.ts'
import type { RolloutFacts } from '#main/fleet/rollout-facts.ts'
import { weightsOf } from '#main/fleet/view/weights.ts'
import { type Tag, tagColours, tagsOf } from './replica-set-row.ts'
import { stepOf, strategyOf } from './shown-strategy.ts'
import { rolloutStatus } from './status-icons.ts'
import { type Cell, paint } from './text-table.ts'

const labelWidth = 17

/** What is known besides the objects of the tree. */
interface Known {
  readonly forecast: string | undefined
  readonly routing: Routing | undefined
}

/** What stands above the tree: a label and a value on each line (VIEW-70…80), and forecast and routes, which the reference has not. */
export function rolloutHeader(facts: RolloutFacts, colours: boolean, { forecast, routing }: Known): readonly string[] {
  const { rollout } = facts
  const line = (label: string, ...value: readonly Cell[]) =>
    `${label.padEnd(labelWidth)}${value.map((each) => paint(each, colours)).join('')}`.trimEnd()
  const { phase, message } = shownPhase(rollout)
  const strategy = strategyOf(rollout)
  return [
    line('Name:', { text: rollout.metadata.name }),
    line('Namespace:', { text: rollout.metadata.namespace ?? '' }),
    line('Status:', ...rolloutStatus(phase)),
    ...(message === '' ? [] : [line('Message:', { text: message })]),
    ...abortLines(facts).map((text) => line('', { text })),
    ...(forecast === undefined ? [] : [line('Forecast:', { text: forecast })]),
    line('Strategy:', { text: strategy }),
    ...(strategy === 'Canary' ? [...weightLines(facts), ...routedLines(facts, routing)] : []).map(([label, text]) =>
      line(label, { text }),
    ),
    ...imagesOf(facts).map((image, index) => line(index === 0 ? 'Images:' : '', ...image)),
    'Replicas:',
    ...replicaLines(rollout).map(([label, count]) => line(label, { text: String(count) })),
  ]
}

/** What an aborted Rollout serves meanwhile (VIEW-64). */
function abortLines({ status, currentRS, stableRS }: RolloutFacts): readonly string[] {
  if (status.abort !== true || stableRS === currentRS) return []
  const [stable, desired] = [revisionOf(stableRS), revisionOf(currentRS)]
  return stable === undefined || desired === undefined
    ? []
    : [`stable revision ${stable} serving 100 %, desired revision ${desired} not live`]
}

function weightLines(facts: RolloutFacts) {
  const { setWeight, actualWeight } = weightsOf(facts)
  return [
    ['  Step:', stepOf(facts.rollout)],
    ['  SetWeight:', String(setWeight)],
    ['  ActualWeight:', String(actualWeight)],
  ] as const
}

/** What was sent through the router, whether it has arrived, and what the route objects say now (TR-22). */
function routedLines({ rollout, status }: RolloutFacts, routing: Routing | undefined): readonly [string, string][] {
  if (rollout.spec.strategy?.canary?.trafficRouting === undefined) return []
  const weights = status.canary?.weights
  const additional = (weights?.additional ?? []).map(({ serviceName = '', weight }) => `${serviceName} ${weight}`)
  const verified = { true: 'verified', false: 'not verified yet', undefined: 'the router cannot tell' }
  const written =
    weights === undefined
      ? 'nothing yet'
      : [String(weights.canary.weight), verified[`${weights.verified}`], ...additional].join(', ')
  return [['  Written:', written], ...(routing === undefined ? [] : routesLines(routing))]
}

const routesMax = 3

function routesLines({ objects, isDrifted, weight, written }: Routing): readonly [string, string][] {
  const shown = objects.slice(0, routesMax).map(routeText)
  const more = objects.length > routesMax ? [`${objects.length - routesMax} more`] : []
  const present = weight === undefined ? 'no single weight' : String(weight)
  return [
    ...(isDrifted ? [['  In cluster:', `${present}, wanted ${written ?? 0}: changed by somebody else`] as const] : []),
    ...(shown.length === 0 ? [] : [['  Routes:', [...shown, ...more].join(', ')] as const]),
  ].map(([label, text]) => [label, text])
}

function routeText(state: RouteState): string {
  const name = `${state.kind} ${state.ref.name}`
  if (state.object === undefined) return `${name} does not exist`
  if (!('weight' in state)) return name
  return `${name} ${state.weight ?? 'fits no weight'}`
}

/** VIEW-76. */
const replicaLines = ({ spec, status }: Rollout) =>
  [
    ['  Desired:', replicasOf(spec)],
    ['  Current:', status?.replicas ?? 0],
    ['  Updated:', status?.updatedReplicas ?? 0],
    ['  Ready:', status?.readyReplicas ?? 0],
    ['  Available:', status?.availableReplicas ?? 0],
  ] as const

/** `image (tag, tag)` of what has pods, by image; tags merged from several ReplicaSets are sorted (VIEW-16, VIEW-80). */
function imagesOf(facts: RolloutFacts): readonly (readonly Cell[])[] {
  const tags = new Map<string, readonly Tag[]>()
  for (const each of facts.replicaSets.filter((candidate) => existingOf(candidate) > 0))
    for (const { image = '' } of each.spec.template.spec?.containers ?? []) {
      const known = tags.get(image)
      const roles = tagsOf(each, facts)
      tags.set(image, known === undefined ? roles : [...new Set([...known, ...roles])].sort())
    }
  return [...tags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([image, roles]) => imageCells(image, roles))
}

const imageCells = (image: string, roles: readonly Tag[]): readonly Cell[] =>
  roles.length === 0
    ? [{ text: image }]
    : [
        { text: `${image} (` },
        ...roles.flatMap((role, index): readonly Cell[] => [
          ...(index === 0 ? [] : [{ text: ', ' }]),
          { text: role, colour: tagColours[role] },
        ]),
        { text: ')' },
      ]
