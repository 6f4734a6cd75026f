import { expect, it } from 'vitest'
import { exited, killedBy, noStatus, shellExitCode, signaled, statusWord } from '../../spec/exit-status.js'

// wait(2): the code in bits 8 to 15, the signal in bits 0 to 6. SIGKILL is 9, SIGTERM 15.
it.each([
  { status: exited(0), word: 0, shell: 0, bySignal: false },
  { status: exited(1), word: 0x100, shell: 1, bySignal: false },
  { status: exited(255), word: 0xff00, shell: 255, bySignal: false },
  // Only the lower 8 bits of the code are passed on by wait4, all of them by ShellExitCode.
  { status: exited(0x1ff), word: 0xff00, shell: 0x1ff, bySignal: false },
  { status: killedBy('SIGKILL'), word: 9, shell: 137, bySignal: true },
  { status: killedBy('SIGTERM'), word: 15, shell: 143, bySignal: true },
  // What nobody has set reads as exit(0).
  { status: noStatus, word: 0, shell: 0, bySignal: false },
])('$status.code, $status.signo: word $word, shell $shell', ({ status, word, shell, bySignal }) => {
  expect(statusWord(status)).toBe(word)
  expect(shellExitCode(status)).toBe(shell)
  expect(signaled(status)).toBe(bySignal)
})
