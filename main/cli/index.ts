#!/usr/bin/env node
import { inClusterAccess } from '#main/cluster/in-cluster.ts'
import { dataFolder } from '#main/data-folder.ts'
import { systemClock } from '#main/system-clock.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { CliIo } from './io.ts'
import { createProgram, runProgram } from './program.ts'

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort())

// A reader that went away (`argosy get | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.failed)
})

const io: CliIo = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  isTerminal: process.stdout.isTTY === true,
  colours: process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb',
  clock: systemClock,
  interrupted: interruption.signal,
  dataFolder: dataFolder(),
  inCluster: inClusterAccess,
  exitWith: (code: ExitCode) => {
    process.exitCode = code
  },
}

// Timers of the system clock do not keep the process alive; a command that waits does.
const alive = setInterval(() => undefined, 2 ** 30)
const args = process.argv.slice(2)
await runProgram(createProgram(io), args.length === 0 ? ['app'] : args, io)
clearInterval(alive)
