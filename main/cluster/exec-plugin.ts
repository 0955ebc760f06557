import { spawn } from 'node:child_process'
import type { Clock, EpochMs } from '#lib/clock.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { redactText } from '#lib/redact-text.ts'
import { readMaterial } from './key-material.ts'
import type { ClusterEntry, ExecEntry } from './kubeconfig-file.ts'

/** What a plugin handed out. */
export interface ExecCredential {
  readonly token: string | undefined
  /** PEM texts. */
  readonly certificate: string | undefined
  readonly key: string | undefined
  readonly expiresAt: EpochMs | undefined
}

const timeoutMs = 60_000
const stdoutMax = 2 ** 20
const stderrMax = 4096

/**
 * Runs an exec credential plugin once, as kubectl does: `KUBERNETES_EXEC_INFO` in its environment, with the cluster when
 * `provideClusterInfo` asks for it, and never with a terminal. Ends it after 60 s.
 *
 * Errors  a sentence for the user with the end of what the plugin wrote to stderr, credentials removed.
 */
export async function runExecPlugin(
  exec: ExecEntry,
  cluster: ClusterEntry,
  clock: Clock,
): Promise<Outcome<ExecCredential, string>> {
  if (!/^client\.authentication\.k8s\.io\/v1(beta1)?$/.test(exec.apiVersion)) {
    return failure(
      `The credential plugin ${exec.command} is set up for ${exec.apiVersion}. Use client.authentication.k8s.io/v1.`,
    )
  }
  if (exec.interactiveMode === 'Always') {
    return failure(
      `The credential plugin ${exec.command} needs a terminal (interactiveMode: Always). Sign in with kubectl in a terminal, or set interactiveMode: IfAvailable.`,
    )
  }
  const env = { ...process.env, ...exec.env, KUBERNETES_EXEC_INFO: JSON.stringify(await execInfo(exec, cluster)) }
  const run = await runToEnd(exec, env, clock)
  if (!run.ok) return run
  return parseCredential(exec, run.value)
}

async function execInfo(exec: ExecEntry, cluster: ClusterEntry) {
  const spec = { interactive: false, ...(exec.provideClusterInfo && { cluster: await clusterInfo(cluster) }) }
  return { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec }
}

async function clusterInfo(cluster: ClusterEntry) {
  const authority = await readMaterial(cluster.certificateAuthority, 'certificate-authority')
  return {
    server: cluster.server,
    ...(cluster.tlsServerName !== undefined && { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.insecureSkipTlsVerify && { 'insecure-skip-tls-verify': true }),
    ...(authority.ok &&
      authority.value !== undefined && {
        'certificate-authority-data': Buffer.from(authority.value).toString('base64'),
      }),
    ...(cluster.proxyUrl !== undefined && { 'proxy-url': cluster.proxyUrl }),
    ...(cluster.execConfig !== undefined && { config: cluster.execConfig }),
  }
}

function runToEnd(exec: ExecEntry, env: NodeJS.ProcessEnv, clock: Clock): Promise<Outcome<string, string>> {
  return new Promise((resolve) => {
    const child = spawn(exec.command, exec.args, { env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
    let stdout = ''
    let stderr = ''
    const end = (outcome: Outcome<string, string>): void => {
      cancelTimeout()
      child.kill()
      resolve(outcome)
    }
    const says = (): string => (stderr.trim() === '' ? '' : ` It says: ${redactText(stderr.trim())}`)
    const cancelTimeout = clock.after(timeoutMs, () =>
      end(failure(`The credential plugin ${exec.command} did not finish within ${timeoutMs / 1000} s.${says()}`)),
    )
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (stdout.length > stdoutMax) end(failure(`The credential plugin ${exec.command} wrote more than 1 MiB.`))
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-stderrMax)
    })
    child.on('error', (error: NodeJS.ErrnoException) => end(failure(spawnText(exec, error))))
    child.on('close', (code, signal) =>
      end(
        code === 0
          ? success(stdout)
          : failure(
              `The credential plugin ${exec.command} failed (${code === null ? signal : `exit ${code}`}).${says()}`,
            ),
      ),
    )
  })
}

function spawnText(exec: ExecEntry, error: NodeJS.ErrnoException): string {
  const hint = exec.installHint === undefined ? '' : ` ${exec.installHint.trim()}`
  const what = error.code === 'ENOENT' ? 'is not installed, or not in PATH' : `cannot be started (${error.code})`
  return `The credential plugin ${exec.command} ${what}.${hint}`
}

function parseCredential(exec: ExecEntry, stdout: string): Outcome<ExecCredential, string> {
  const refuse = (why: string) => failure(`The credential plugin ${exec.command} ${why}.`)
  let answer: unknown
  try {
    answer = JSON.parse(stdout)
  } catch {
    return refuse('did not print an ExecCredential in JSON')
  }
  const { apiVersion, kind, status } = (answer ?? {}) as Readonly<Record<string, unknown>>
  if (kind !== 'ExecCredential') return refuse('did not print an ExecCredential')
  if (apiVersion !== exec.apiVersion) return refuse(`answered in ${String(apiVersion)} instead of ${exec.apiVersion}`)
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = (status ?? {}) as Readonly<
    Record<string, unknown>
  >
  const certificate = text(clientCertificateData)
  const key = text(clientKeyData)
  if ((certificate === undefined) !== (key === undefined))
    return refuse('gave a certificate without its key, or the reverse')
  if (text(token) === undefined && certificate === undefined) return refuse('gave neither a token nor a certificate')
  const expiresAt = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : Number.NaN
  return success({ token: text(token), certificate, key, expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt })
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
