import { type Command, InvalidArgumentError } from 'commander'
import { exitCodes } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { untilInterrupted } from './until-interrupted.ts'

interface SandboxOptions {
  readonly clusters: number
  readonly seed: number
  readonly portBase: number
  readonly demo: boolean
  readonly engine?: boolean
  readonly speed: number
  /** Given to the whole program; here it names the file to write. */
  readonly kubeconfig?: readonly string[]
}

const clustersMax = 20

/** `argosy sandbox`: a fleet of Kubernetes clusters in this process, for kubectl, for tests, for a first look. */
export function registerSandbox(program: Command, io: CliIo): void {
  program
    .command('sandbox')
    .description('run sandbox clusters and write the --kubeconfig file with which kubectl and argosy reach them')
    .option('--clusters <count>', 'how many', wholeNumber(1, clustersMax), 3)
    .option('--seed <number>', 'equal seeds give equal clusters', wholeNumber(0, 2 ** 31 - 1), 1)
    .option('--port-base <port>', 'first port; 0 takes any free ports', wholeNumber(0, 65_000), 0)
    .option('--speed <factor>', 'pods live this many times faster', wholeNumber(1, 100), 1)
    .option('--no-demo', 'start with empty clusters')
    .option('--engine', 'drive the rollouts of these clusters as well')
    .action(async (_options: unknown, command: Command) => run(command.optsWithGlobals<SandboxOptions>(), program, io))
}

const wholeNumber = (min: number, max: number) => (text: string) => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < min || value > max)
    throw new InvalidArgumentError(`a whole number from ${min} to ${max} is expected.`)
  return value
}

async function run(options: SandboxOptions, program: Command, io: CliIo): Promise<void> {
  const [path, ...more] = options.kubeconfig ?? []
  if (path === undefined || more.length > 0) {
    io.err('argosy: the sandbox needs one --kubeconfig FILE to write, for example --kubeconfig sandbox.kubeconfig')
    return io.exitWith(exitCodes.usage)
  }
  const { mayWriteKubeconfig, writeKubeconfig } = await import('#main/sandbox/kubeconfig-file.ts')
  const allowed = mayWriteKubeconfig(path)
  if (!allowed.ok) return fail(io, allowed.error)
  const { describeFleet, openFleet } = await import('./sandbox-fleet.ts')
  const fleet = await openFleet(options, io.clock)
  if (!fleet.ok) return fail(io, fleet.error)
  const written = writeKubeconfig(path, fleet.value.kubeconfig)
  if (written.ok) {
    for (const line of describeFleet(fleet.value, path, options)) io.out(line)
    await (options.engine === true ? driveFleet(program, path) : untilInterrupted(io.interrupted))
  } else fail(io, written.error)
  await fleet.value.stop()
}

function fail(io: CliIo, message: string): void {
  io.err(`argosy: ${message}`)
  io.exitWith(exitCodes.failed)
}

/** The very command a person would run in a second terminal; it returns when interrupted. */
const driveFleet = async (program: Command, path: string): Promise<void> => {
  await program.parseAsync(['--kubeconfig', path, 'engine', '--all-contexts', '--log-level', 'warn'], { from: 'user' })
}
