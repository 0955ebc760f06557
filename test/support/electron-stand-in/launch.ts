import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { type Browser, chromium, type Page } from 'playwright-core'

/** The running app as a test sees it. */
export interface LaunchedApp {
  readonly window: Page
  readonly process: ChildProcess
  /** All the main process printed so far. */
  output(): string
  /** Resolves with what the app reported under this name, now or later: `openExternal`, `errorBox`. */
  reported(fact: string): Promise<unknown>
  /** What it reported last under this name, if it did. */
  latest(fact: string): unknown
  /** What a person does outside the window. */
  chooseInTray(label: string): void
  clickNotification(): void
  /** Turns to another program. */
  blur(): void
  /** Closes the lid. */
  suspend(): void
  /** The names of all facts the app has reported so far. */
  facts(): readonly string[]
  /** Quits as an impatient person would, who asks twice; resolves with the exit code. */
  quit(): Promise<number | null>
}

interface LaunchOptions {
  readonly main: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const startTimeoutMs = 30_000

/** Starts the app's real main bundle on the stand-in and waits for its first window. */
export async function launchApp({ main, args = [], env = {} }: LaunchOptions): Promise<LaunchedApp> {
  const port = await freePort()
  const facts: { fact: string; data: unknown }[] = []
  const lines: string[] = []
  const child = fork(main, [...args], {
    execArgv: ['--import', new URL('./register.ts', import.meta.url).href],
    env: { ...process.env, ...env, ARGOSY_CDP_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => lines.push(String(chunk)))
  child.on('message', (message) => facts.push(message as { fact: string; data: unknown }))
  const output = () => lines.join('')
  const deadline = Date.now() + startTimeoutMs

  const browser = await retry(deadline, () => {
    if (child.exitCode !== null) throw new Error(`The main process ended (${child.exitCode}):\n${output()}`)
    return chromium.connectOverCDP(`http://127.0.0.1:${port}`).catch(() => undefined)
  })
  const window = await retry(deadline, async () => pageOf(browser))

  return {
    window,
    process: child,
    output,
    latest: (name) => facts.findLast(({ fact }) => fact === name)?.data,
    chooseInTray: (label) => void child.send({ order: 'chooseInTray', label }),
    clickNotification: () => void child.send({ order: 'clickNotification' }),
    blur: () => void child.send({ order: 'blur' }),
    suspend: () => void child.send({ order: 'suspend' }),
    facts: () => facts.map(({ fact }) => fact),
    reported: async (name) =>
      (await retry(Date.now() + 5000, async () => facts.find(({ fact }) => fact === name))).data,
    async quit() {
      if (child.exitCode === null) {
        // `exit` may come before the last lines were read; `close` does not.
        const closed = once(child, 'close')
        child.send({ order: 'quit' })
        child.send({ order: 'quit' })
        await closed
      }
      await browser.close().catch(() => undefined)
      return child.exitCode
    },
  }
}

const pageOf = (browser: Browser): Page | undefined =>
  browser
    .contexts()
    .flatMap((context) => context.pages())
    .find((page) => page.url().includes('.stand-in.test'))

/** Asks until there is an answer or the deadline has passed. */
async function retry<T>(deadline: number, attempt: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await attempt()
    if (answer !== undefined) return answer
    if (Date.now() > deadline) throw new Error('The app did not get there in time.')
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('No port.')
  return address.port
}
