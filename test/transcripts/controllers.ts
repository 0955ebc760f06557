import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OwnNamespace } from '#test/support/own-namespace.ts'

/** The controllers of one namespace, each a process of its own. */
export interface Controllers {
  start(name: string): void
  kill(name: string): Promise<void>
  stop(name: string): Promise<void>
  /** Kills what still runs. */
  end(): Promise<void>
  /** What they logged as an error. */
  errors(): readonly string[]
}

/**
 * `argosy engine` for that namespace alone, its lease beside it. Or, to see what it does in the same place, the program at `other`: a
 * Rollouts controller with the flags of the reference.
 */
export function controllersOf(place: OwnNamespace, environment: NodeJS.ProcessEnv, other?: string): Controllers {
  const { namespace, context, kubectl, kubeconfig } = place
  const running = new Map<string, ChildProcess>()
  const logs: string[] = []
  const command =
    other === undefined
      ? [process.execPath, 'main/cli/index.ts', 'engine', '--context', context, '--lease-namespace', namespace]
      : [other, '--namespaced', '--metricsport=0', '--healthzPort=0', '--logformat=json']
  const [program = '', ...args] = command
  const signal = async (name: string, how: 'SIGKILL' | 'SIGTERM') => {
    const child = running.get(name)
    running.delete(name)
    if (child === undefined || child.exitCode !== null) return
    const exited = once(child, 'exit')
    child.kill(how)
    await exited
  }
  return {
    start(name) {
      const log = join(kubectl.folder, `${name}-${logs.length}.log`)
      logs.push(log)
      const child = spawn(program, [...args, '--kubeconfig', kubeconfig(), '--namespace', namespace], {
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const file = createWriteStream(log)
      child.stdout.pipe(file)
      child.stderr.pipe(file)
      running.set(name, child)
    },
    kill: (name) => signal(name, 'SIGKILL'),
    stop: (name) => signal(name, 'SIGTERM'),
    end: async () => {
      await Promise.all([...running.keys()].map((name) => signal(name, 'SIGKILL')))
    },
    errors: () =>
      logs.flatMap((log) =>
        readFileSync(log, 'utf8')
          .split('\n')
          .filter((line) => line.includes('"level":"error"')),
      ),
  }
}
