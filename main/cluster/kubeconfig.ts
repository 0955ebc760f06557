import { readFileSync, watch } from 'node:fs'
import { homedir } from 'node:os'
import { basename, delimiter, dirname, join, resolve } from 'node:path'
import type { Clock, Dispose } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type ClusterEntry, type KubeconfigFile, parseKubeconfigFile, type UserEntry } from './kubeconfig-file.ts'

/** What a window or a command line shows of a context. */
export interface KubeconfigContext {
  readonly context: string
  readonly cluster: string
  readonly user: string | undefined
  /** Where kubectl would work when no namespace is given. */
  readonly namespace: string | undefined
  readonly server: string
}

/** Everything needed to speak to the cluster of one context. Holds secrets: never log it. */
export interface ContextAccess {
  readonly context: string
  readonly namespace: string | undefined
  readonly cluster: ClusterEntry
  /** `undefined`: anonymous. */
  readonly user: UserEntry | undefined
}

export interface KubeconfigContexts {
  readonly contexts: readonly KubeconfigContext[]
  readonly currentContext: string | undefined
  /** The files that were there and could be read, in order of precedence. */
  readonly files: readonly string[]
  /** What was left out, and why. The contexts above work all the same. */
  readonly problems: readonly KubeconfigProblem[]
  /** Access by name of context; `undefined` when there is no such usable context. */
  access(context: string): ContextAccess | undefined
}

/** `message` is a sentence that says what to do; it never holds a value out of the file. */
export type KubeconfigProblem =
  /** No kubeconfig exists at any of `paths`. */
  | { readonly kind: 'none'; readonly paths: readonly string[]; readonly message: string }
  | { readonly kind: 'unreadable'; readonly file: string; readonly message: string }
  | { readonly kind: 'malformed'; readonly file: string; readonly line: number; readonly message: string }
  /** A context names a cluster or a user that no file has. */
  | { readonly kind: 'dangling'; readonly context: string; readonly message: string }

export interface KubeconfigSource {
  /** Instead of KUBECONFIG and the home folder. */
  readonly paths?: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly home?: string
}

/** Which files count: `paths`, else the list in KUBECONFIG, else `~/.kube/config`. Each once, absolute. */
export function kubeconfigPaths({
  paths,
  env = process.env,
  home = homedir(),
}: KubeconfigSource = {}): readonly string[] {
  const listed = paths ?? (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '')
  const chosen = listed.length > 0 ? listed : [join(home, '.kube', 'config')]
  return [...new Set(chosen.map((path) => resolve(path)))]
}

/**
 * Reads and merges kubeconfig files by kubectl's rules: missing files are skipped, the first file that has a name wins, whole
 * entries are never mixed. Gentler than kubectl in one thing: a broken file or entry costs only itself.
 *
 * Errors  `none` when no file exists; the first problem when files exist but not one usable context is in them.
 */
export function loadKubeconfig(source: KubeconfigSource = {}): Outcome<KubeconfigContexts, KubeconfigProblem> {
  const paths = kubeconfigPaths(source)
  const problems: KubeconfigProblem[] = []
  const files = paths.flatMap((path) => readFile(path, problems))
  const { usable, dangling, currentContext } = merge(files.map(({ content }) => content))
  problems.push(...dangling)
  const [firstProblem] = problems
  if (usable.length === 0) return failure(firstProblem ?? noContexts(paths))
  const byName = new Map(usable.map((each) => [each.context, each]))
  return success({
    contexts: usable.map(summary),
    currentContext,
    files: files.map(({ path }) => path),
    problems,
    access: (context) => byName.get(context),
  })
}

/** What may be shown of it. */
export const summary = (access: ContextAccess): KubeconfigContext => ({
  context: access.context,
  cluster: access.cluster.name,
  user: access.user?.name,
  namespace: access.namespace,
  server: access.cluster.server,
})

const noContexts = (paths: readonly string[]): KubeconfigProblem => ({
  kind: 'none',
  paths,
  message: `No kubeconfig with a context was found. Looked at ${paths.join(', ')}. Set KUBECONFIG, or name a file with --kubeconfig; argosy serve --sandbox needs none.`,
})

const sizeMax = 10 * 2 ** 20

function readFile(path: string, problems: KubeconfigProblem[]): readonly { path: string; content: KubeconfigFile }[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    problems.push({
      kind: 'unreadable',
      file: path,
      message: `${path} cannot be read (${code}). Check that it is a file and yours.`,
    })
    return []
  }
  if (text.length > sizeMax) {
    problems.push({ kind: 'unreadable', file: path, message: `${path} is larger than 10 MiB, so it was not read.` })
    return []
  }
  const content = parseKubeconfigFile(path, text)
  for (const { line, message } of content.faults) {
    problems.push({
      kind: 'malformed',
      file: path,
      line,
      message: `${path}, line ${line}: ${message}. Correct it; what else is in your kubeconfig still works.`,
    })
  }
  return [{ path, content }]
}

/** The contexts of files in order of precedence: those that can be used, and those that name what no file has. */
export function merge(files: readonly KubeconfigFile[]) {
  const clusters = firstByName(files.flatMap((file) => file.clusters))
  const users = firstByName(files.flatMap((file) => file.users))
  const dangling: KubeconfigProblem[] = []
  const contexts = firstByName(files.flatMap((file) => file.contexts))
  const usable = [...contexts.values()].flatMap((entry): readonly ContextAccess[] => {
    const cluster = clusters.get(entry.cluster)
    const user = entry.user === undefined ? undefined : users.get(entry.user)
    if (cluster !== undefined && (entry.user === undefined || user !== undefined))
      return [{ context: entry.name, namespace: entry.namespace, cluster, user }]
    const missing = cluster === undefined ? `cluster "${entry.cluster}"` : `user "${entry.user}"`
    const message = `Context "${entry.name}" names the ${missing}, which no kubeconfig file has. Add it, or remove the context.`
    dangling.push({ kind: 'dangling', context: entry.name, message })
    return []
  })
  return { usable, dangling, currentContext: files.find((file) => file.currentContext !== undefined)?.currentContext }
}

function firstByName<T extends { readonly name: string }>(entries: readonly T[]): ReadonlyMap<string, T> {
  const found = new Map<string, T>()
  for (const entry of entries) if (!found.has(entry.name)) found.set(entry.name, entry)
  return found
}

const settleMs = 300

/**
 * Calls back when any of the files may have changed, at most once per 300 ms. Folders are watched, not files: tools replace a
 * kubeconfig by renaming, and a file may appear later. Folders that do not exist are not watched.
 */
export function watchKubeconfig(options: {
  readonly source?: KubeconfigSource
  readonly clock: Clock
  readonly onChange: () => void
}): Dispose {
  let cancel: Dispose | undefined
  const changed = (): void => {
    cancel ??= options.clock.after(settleMs, () => {
      cancel = undefined
      options.onChange()
    })
  }
  const namesByFolder = Map.groupBy(kubeconfigPaths(options.source), dirname)
  const watchers = [...namesByFolder].flatMap(([folder, paths]) => {
    const names = new Set(paths.map((path) => basename(path)))
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || names.has(name)) changed()
      })
      // The folder itself was removed: nothing is left to watch there.
      watcher.on('error', () => watcher.close())
      return [watcher]
    } catch {
      return []
    }
  })
  return () => {
    cancel?.()
    for (const watcher of watchers) watcher.close()
  }
}
