internal import Threads

/// Slots of one piece of work: large enough that handing it out costs nothing, small enough to share evenly.
let slotsPerBlock = 16_384

/// Runs `body` on blocks of 0..<count, on at most `threads` threads.
///
/// Blocks do not depend on the number of threads, so sums over a block do not either.
func forEachBlock(_ count: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Void) {
  let blocks = (count + slotsPerBlock - 1) / slotsPerBlock
  forEachConcurrently(blocks, threads: threads) { block in
    body(block * slotsPerBlock..<min(count, (block + 1) * slotsPerBlock))
  }
}

/// `count` elements written by `fill`, which gets the whole buffer and a block that is its own to write.
func filledByBlocks<Value>(
  _ count: Int, threads: Int, _ fill: @Sendable (UnsafeMutableBufferPointer<Value>, Range<Int>) -> Void
) -> [Value] {
  [Value](unsafeUninitializedCapacity: count) { buffer, filled in
    // Each block writes elements that no other touches.
    nonisolated(unsafe) let out = UnsafeMutableBufferPointer(rebasing: buffer[0..<count])
    forEachBlock(count, threads: threads) { fill(out, $0) }
    filled = count
  }
}
