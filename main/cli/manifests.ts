import { type Command, InvalidArgumentError } from 'commander'
import { controllerNamespace } from '#api/keys.ts'
import { canonicalQuantity } from '#lib/quantity.ts'
import { type OptionalRights, optionalNames } from '#main/controller/engine-rights.ts'
import { engineManifests } from './engine-manifests.ts'
import type { CliIo } from './io.ts'
import type { TargetOptions } from './targets.ts'

interface ManifestsOptions extends TargetOptions {
  readonly image: string
  readonly createNamespace?: boolean
  readonly namespaced?: boolean
  readonly instanceId?: string
  readonly replicas: number
  readonly with?: readonly OptionalRights[]
  readonly cpu: string
  readonly memory: string
  readonly memoryMax: string
}

/** `argosy manifests`: what runs `argosy engine` inside a cluster. Prints, and asks no cluster. */
export function registerManifests(program: Command, io: CliIo): void {
  program
    .command('manifests')
    .description('print what runs the engine inside a cluster, for kubectl apply -f -; asks no cluster')
    .requiredOption(
      '--image <image>',
      'an image whose entry point is argosy; none is published (docs/in-cluster.md)',
      imageName,
    )
    .option(
      '--create-namespace',
      `also print the namespace (-n, default ${controllerNamespace}), which is also that of the lease`,
    )
    .option('--namespaced', 'drive the rollouts of that namespace alone, with no right anywhere else')
    .option('--instance-id <id>', 'only rollouts with this controller-instance-id label', instanceID)
    .option('--replicas <n>', 'engines; one drives, the others wait for its lease', count, 1)
    .option(
      '--with <words>',
      `rights that only some clusters need, with commas between: ${optionalNames.join(', ')}`,
      optionalRightsOf,
    )
    .option('--cpu <quantity>', 'processor time that is asked for', quantity, '100m')
    .option('--memory <quantity>', 'memory that is asked for', quantity, '256Mi')
    .option('--memory-max <quantity>', 'memory above which it is ended', quantity, '512Mi')
    .action(async (_options: unknown, command: Command) => print(command.optsWithGlobals<ManifestsOptions>(), io))
}

async function print(options: ManifestsOptions, io: CliIo): Promise<void> {
  const items = engineManifests({
    ...options,
    namespace: options.namespace ?? controllerNamespace,
    createNamespace: options.createNamespace === true,
    namespaced: options.namespaced === true,
    instanceID: options.instanceId,
    with: options.with ?? [],
  })
  if (options.output === 'json') return io.out(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  const { stringify } = await import('yaml')
  io.out(items.map((each) => stringify(each, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd()).join('\n---\n'))
}

function imageName(text: string): string {
  if (!/^[^\s]+$/.test(text)) throw new InvalidArgumentError('the name of an image is expected.')
  return text
}

/** It becomes part of the names of objects. */
function instanceID(text: string): string {
  if (!/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/.test(text))
    throw new InvalidArgumentError('at most 40 small letters, digits and hyphens are expected.')
  return text
}

function count(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('a number from 1 to 99 is expected.')
  return Number(text)
}

function quantity(text: string): string {
  if (canonicalQuantity(text) === undefined)
    throw new InvalidArgumentError('a quantity is expected, like 100m or 256Mi.')
  return text
}

function optionalRightsOf(text: string): readonly OptionalRights[] {
  const words = text.split(',').map((each) => each.trim())
  const unknown = words.find((each) => !optionalNames.some((name) => name === each))
  if (unknown !== undefined)
    throw new InvalidArgumentError(`${JSON.stringify(unknown)} is none of ${optionalNames.join(', ')}.`)
  return optionalNames.filter((name) => words.includes(name))
}
