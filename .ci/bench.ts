import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { diff } from './bench/diff.ts'
import { engine } from './bench/engine.ts'
import { fleet, fleetRollouts } from './bench/fleet.ts'
import { grid } from './bench/grid.ts'
import { history } from './bench/history.ts'
import { describeMachine, describeTargets, type Measurement } from './bench/report.ts'
import { routers } from './bench/routers.ts'
import type { NamedCluster, Section } from './bench/section.ts'
import { timeTravel } from './bench/time-travel.ts'
import { window } from './bench/window.ts'
import { buildIfStale } from './build.ts'
import { findChromium } from './tools.ts'

/**
 * `npm run bench [-- sections and options]`: measures the built product and prints one JSON line per figure. A missed target is
 * a result (exit 0), but for those of a binding section; a figure that could not be measured is a failure (exit 1).
 */
const sections: readonly Section[] = [window, fleet, engine, routers, grid, history, timeTravel, diff]
const rolloutsDefault = 100
const replicasDefault = 2
/** Of the section `engine`, whose targets are of five pods. */
const engineReplicasDefault = 5
const repeatsDefault = 3

const help = `npm run bench -- [section …] [options]

Sections (all of them, when none is named):
${sections.map(({ name, about }) => `  ${name.padEnd(13)}${about}`).join('\n')}

Options:
  --kubeconfig FILE  with --context: run \`engine\` there and not on the sandbox, in a namespace that is deleted afterwards
  --context NAME     never taken from the file's current context
  --rollouts N       rollouts in each cluster (${rolloutsDefault}, fleet ${fleetRollouts})
  --replicas N       pods of each rollout (${replicasDefault}, engine ${engineReplicasDefault}); 0 on a control plane without nodes
  --repeats N        updates of all rollouts in \`engine\`; its figures are medians of them (${repeatsDefault}); 0 for the first deployment alone
  --measurements N   of an analysis of each rollout in \`engine\`, one a second, after its first step (0: without one)
  --help`

function stopWith(message: string): never {
  console.error(`argosy: ${message}`)
  process.exit(1)
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        kubeconfig: { type: 'string' },
        context: { type: 'string' },
        rollouts: { type: 'string' },
        replicas: { type: 'string' },
        repeats: { type: 'string' },
        measurements: { type: 'string' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    return stopWith(error instanceof Error ? error.message : String(error))
  }
}

function namedCluster(kubeconfig: string | undefined, context: string | undefined): NamedCluster | undefined {
  if (kubeconfig === undefined && context === undefined) return undefined
  if (kubeconfig === undefined || context === undefined)
    return stopWith('a cluster is named by both --kubeconfig and --context')
  return { kubeconfig, context }
}

function wholeNumber(option: string, text: string | undefined, otherwise: number, min: number): number {
  const value = Number(text ?? otherwise)
  return Number.isInteger(value) && value >= min ? value : stopWith(`--${option} is a whole number from ${min}`)
}

const { values, positionals } = readArguments()
if (values.help === true) {
  console.log(help)
  process.exit(0)
}
const unknown = positionals.find((name) => !sections.some((section) => section.name === name))
if (unknown !== undefined)
  stopWith(`there is no section ${unknown}; there are ${sections.map(({ name }) => name).join(', ')}`)
const rolloutsOf = ({ name }: Section) =>
  wholeNumber('rollouts', values.rollouts, name === 'fleet' ? fleetRollouts : rolloutsDefault, 1)
const replicasOf = ({ name }: Section) =>
  wholeNumber('replicas', values.replicas, name === 'engine' ? engineReplicasDefault : replicasDefault, 0)
const repeats = wholeNumber('repeats', values.repeats, repeatsDefault, 0)
const measurements = wholeNumber('measurements', values.measurements, 0, 0)
const cluster = namedCluster(values.kubeconfig, values.context)
const wanted = sections.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
if (cluster !== undefined && (wanted.length !== 1 || wanted[0]?.name !== 'engine'))
  stopWith('only the section engine runs on a named cluster: npm run bench -- engine --kubeconfig FILE --context NAME')

const chromium = findChromium()
await buildIfStale()
console.log(JSON.stringify(describeMachine(chromium)))
let failed = false
for (const section of wanted) {
  const measured: Measurement[] = []
  const report = (measurement: Measurement) => {
    measured.push(measurement)
    console.log(JSON.stringify(measurement))
  }
  const size = { rollouts: rolloutsOf(section), replicas: replicasOf(section) }
  console.error(`argosy: measuring ${section.name}…`)
  try {
    await section.run({ chromium, report, cluster, ...size, repeats, measurements })
  } catch (error) {
    failed = true
    console.error(`argosy: ${section.name} could not be measured:`, error)
  }
  if (section.binding === true && measured.some(({ ok }) => ok === false)) failed = true
  if (section.binding === true) console.error(describeTargets(measured))
  console.error(`argosy: ${section.name} ended at a load of ${(loadavg()[0] ?? 0).toFixed(1)}`)
}
process.exit(failed ? 1 : 0)
