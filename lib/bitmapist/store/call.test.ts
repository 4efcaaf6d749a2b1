import { describe, expect, it } from 'vitest'
import { binaryCall, call } from './call'

describe('call', () => {
  it.each([
    call('ping', ''),
    call('bitpos', 'trackist_a_2026-W01', 1),
    binaryCall('getrange', 'trackist_späh\u{1f600}_2026', 0, 131071),
    call('set', 'a', 'b\r\nc', -1.5),
  ])('is written as ioredis would write it: %#', (each) => {
    expect(each.text?.()).toBe(each.make().toWritable({}))
  })

  it('has no text where an argument is bytes', () => {
    expect(call('set', 'a', Buffer.of(255)).text?.()).toBeNull()
  })
})
