import type { Rails } from '#engine/actions/guard-rails.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { inClusterContexts } from '#main/cluster/in-cluster.ts'
import { type ContextAccess, type KubeconfigContexts, loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import type { WhoAmI } from '#main/cluster/who-am-i.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { CliIo } from './io.ts'

/** Options every command has. */
export interface TargetOptions {
  readonly kubeconfig?: readonly string[]
  readonly context?: readonly string[]
  readonly allContexts?: boolean
  readonly namespace?: string
  readonly output?: 'json' | 'yaml'
}

/** One cluster a command works on. Nothing is asked of it before a command does. */
export interface Target {
  readonly context: string
  /** ACT-7: as asked, else the context's own, else `default`. */
  readonly namespace: string
  readonly client: ClusterClient
  readonly whoAmI: WhoAmI
  readonly rails: Rails
  /** A client for somewhere else; what it writes is kept with the rest. Whoever opens it closes it. */
  readonly open: (access: ContextAccess) => ClusterClient
  /** This process runs in a pod of it. */
  readonly isAround: boolean
}

/**
 * The clusters named by `--context`, by `--all-contexts`, or by the kubeconfig's current context. A context that does not
 * exist is a usage error; other contexts that cannot be used are told on stderr and left out.
 * @param scope the namespaces that count, of commands that keep to some
 */
export async function findTargets(
  options: TargetOptions,
  io: CliIo,
  scope?: readonly string[],
): Promise<Outcome<readonly Target[], string>> {
  const loaded = findContexts(options, io)
  if (!loaded.ok) return loaded
  const { config, isAround } = loaded.value
  for (const problem of config.problems) io.err(`argosy: ${problem.message}`)
  const names = config.contexts.map((each) => each.context)
  const wanted = wantedContexts(options, names, config.currentContext)
  if (!wanted.ok) return wanted
  const { openTarget } = await import('./open-target.ts')
  return success(
    wanted.value.flatMap((context) => {
      const access = config.access(context)
      if (access === undefined) return []
      const namespace = options.namespace ?? access.namespace ?? 'default'
      return [openTarget(access, { namespace, scope, contexts: config, isAround }, io)]
    }),
  )
}

/** Those of the kubeconfig; where there is none and none was asked for, in a pod, the cluster around it: as client-go has it. */
function findContexts(
  { kubeconfig }: TargetOptions,
  io: CliIo,
): Outcome<{ readonly config: KubeconfigContexts; readonly isAround: boolean }, string> {
  const loaded = loadKubeconfig(kubeconfig === undefined ? {} : { paths: kubeconfig })
  if (loaded.ok) return success({ config: loaded.value, isAround: false })
  const around = kubeconfig === undefined && loaded.error.kind === 'none' ? io.inCluster() : undefined
  return around === undefined
    ? failure(loaded.error.message)
    : success({ config: inClusterContexts(around), isAround: true })
}

/** Which contexts a command line means, each once, in the order given. */
export function wantedContexts(
  options: TargetOptions,
  known: readonly string[],
  current: string | undefined,
): Outcome<readonly string[], string> {
  if (options.allContexts === true) return success(known)
  const asked = options.context ?? (current === undefined ? [] : [current])
  const missing = asked.find((each) => !known.includes(each))
  if (missing !== undefined) return failure(`there is no context "${missing}"; there are: ${known.join(', ')}`)
  return asked.length > 0 ? success([...new Set(asked)]) : failure('no current context: name one with --context')
}

/** Runs `task` on every cluster at once; one failure never stops the others (ACT-16). The codes come in target order. */
export async function onEach(
  targets: readonly Target[],
  task: (target: Target) => Promise<ExitCode>,
): Promise<readonly ExitCode[]> {
  return Promise.all(
    targets.map(async (target) => {
      try {
        return await task(target)
      } finally {
        await target.client.close()
      }
    }),
  )
}

/** The targets, or a message and `undefined`: then the exit code is set. */
export async function targetsOrExit(
  options: TargetOptions,
  io: CliIo,
  scope?: readonly string[],
): Promise<readonly Target[] | undefined> {
  const found = await findTargets(options, io, scope)
  if (found.ok) return found.value
  io.err(`argosy: ${found.error}`)
  io.exitWith(exitCodes.usage)
  return undefined
}
