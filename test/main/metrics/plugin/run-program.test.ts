import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Program } from '#main/metrics/plugin/program.ts'
import { createRunProgram } from '#main/metrics/plugin/run-program.ts'
import { until } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

let folder: string
let clock: VirtualClock
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argosy-plugin-'))
  clock = new VirtualClock()
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A real program: a script of the Node that runs the tests. */
function aProgram(script: string, mode = 0o755): Program {
  const path = join(folder, 'plugin')
  const content = `#!${process.execPath}\n${script}\n`
  writeFileSync(path, content, { mode })
  return { path, sha256: createHash('sha256').update(content).digest('hex') }
}
const env = { PATH: '/usr/bin:/bin', HOME: '/home/me', AWS_SECRET_ACCESS_KEY: 's3cr3t', NODE_OPTIONS: '--no-warnings' }
const run = (program: Program, input = '{}') => createRunProgram(clock, env)(program, input)
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('a program of a plugin', () => {
  it('PRV-1301: reads its stdin and answers on its stdout', async () => {
    const program = aProgram(
      "process.stdin.setEncoding('utf8').on('data', (text) => process.stdout.write(`<${text}>`))",
    )
    expect(await run(program, 'größer')).toEqual({ ok: true, value: '<größer>' })
    expect(await run({ ...program, sha256: program.sha256.toUpperCase() }, 'x')).toMatchObject({ ok: true })
    expect(clock.pending).toBe(0)
  })

  it('PRV-1503: is given nothing of our environment but PATH and HOME, and works in its own folder', async () => {
    const answer = await run(
      aProgram('console.log(JSON.stringify([process.env, process.cwd(), process.argv.slice(2)]))'),
    )
    const [given, cwd, args] = JSON.parse(answer.ok ? answer.value : '')
    expect(given).toEqual({ PATH: '/usr/bin:/bin', HOME: '/home/me' })
    expect(cwd).toBe(folder)
    expect(args).toEqual([])
  })

  it('PRV-1302: is not run once its content is another', async () => {
    const program = aProgram("require('node:fs').writeFileSync('ran', '')")
    const other = { ...program, sha256: '0'.repeat(64) }
    expect(await run(other)).toEqual({
      ok: false,
      error: `${program.path} is not what was listed: its sha256 is ${program.sha256}`,
    })
    expect(existsSync(join(folder, 'ran'))).toBe(false)
    expect(await run(program)).toMatchObject({ ok: true })
    expect(existsSync(join(folder, 'ran'))).toBe(true)
  })

  it.each([
    ['a relative path', () => ({ path: 'plugin', sha256: '' }), /^plugin is not an absolute path$/],
    ['no file', () => ({ path: join(folder, 'absent'), sha256: '' }), /absent cannot be read \(ENOENT\)$/],
    ['a folder', () => ({ path: folder, sha256: '' }), /is not a file$/],
    ['what cannot be run', () => aProgram('', 0o644), /plugin cannot be started \(EACCES\)$/],
    ['a failure', () => aProgram("console.error('s3cr3t'); process.exit(3)"), /^it exited with 3$/],
    ['a crash', () => aProgram("process.kill(process.pid, 'SIGABRT')"), /^it was ended by SIGABRT$/],
    ['a flood', () => aProgram("process.stdout.write('x'.repeat(2 ** 20 + 1))"), /^it wrote more than 1 MiB$/],
  ])('PRV-1303: %s is told, and nothing that it wrote', async (_name, program, error) => {
    expect(await run(program())).toEqual({ ok: false, error: expect.stringMatching(error) })
    expect(clock.pending).toBe(0)
  })

  it('PRV-1303: a program may leave its input unread', async () => {
    const program = aProgram("process.stdin.destroy(); console.log('done')")
    expect(await run(program, 'x'.repeat(2 ** 20))).toEqual({ ok: true, value: 'done\n' })
  })

  it('PRV-1403: is ended after half a minute, with everything it began', async () => {
    const program = aProgram(`
      const { spawn } = require('node:child_process')
      const { writeFileSync, renameSync } = require('node:fs')
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
      writeFileSync('pids.part', process.pid + ' ' + child.pid)
      renameSync('pids.part', 'pids')
      setInterval(() => {}, 1000)`)
    const answer = run(program)
    await until('started', () => existsSync(join(folder, 'pids')))
    const pids = readFileSync(join(folder, 'pids'), 'utf8').split(' ').map(Number)
    await clock.advance(29_999)
    expect(pids.map(isAlive)).toEqual([true, true])
    await clock.advance(1)
    expect(await answer).toEqual({ ok: false, error: 'it did not finish within 30 s' })
    await until('ended', () => !pids.some(isAlive))
  })
})
