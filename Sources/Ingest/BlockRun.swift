internal import Diagnostics
internal import Dispatch
internal import Glibc
internal import Synchronization

/// Parses blocks of one file; each thread has its own, which may remember what earlier blocks taught it.
protocol BlockWorker: ~Copyable, SendableMetatype {
  /// What a block becomes; must not depend on the blocks this worker saw before, or only in numbering that the
  /// worker's summary explains.
  associatedtype Part: Sendable
  /// What the worker knows in the end, such as the names behind its numbers.
  associatedtype Summary: Sendable
  /// - Parameters:
  ///   - number: Of the block in the file, from 0.
  ///   - badLines: Lines of the block, from 0, that are not in the file's encoding.
  mutating func parse(_ buffer: borrowing LineBuffer, number: Int, badLines: [Int32]) -> Part
  func summary() -> Summary
}

/// Takes the parts of a file in file order, whatever the number of threads.
protocol PartSink: Sendable {
  associatedtype Part: Sendable
  mutating func add(_ part: Part)
}

/// Parts that came early wait here for the ones before them.
private struct InOrder<Sink: PartSink>: Sendable {
  var sink: Sink
  var waiting: [Int: Sink.Part] = [:]
  var next = 0

  mutating func add(_ part: Sink.Part, at number: Int) {
    guard number == next else {
      waiting[number] = part
      return
    }
    sink.add(part)
    next += 1
    while let part = waiting.removeValue(forKey: next) {
      sink.add(part)
      next += 1
    }
  }
}

/// Reads, decodes and parses a file on `threads` threads; each takes the next block when it is done with its last.
///
/// - Returns: The sink after all parts, and the workers' summaries in the order of worker numbers.
/// - Throws: The first ``Problem`` of reading; parts of other blocks are dropped then.
func parseBlocks<Worker: BlockWorker & ~Copyable, Sink: PartSink>(
  of source: LineSource, options: ReadOptions, into sink: Sink, makeWorker: @Sendable (Int) throws(Problem) -> Worker
) throws(Problem) -> (sink: Sink, summaries: [Worker.Summary]) where Sink.Part == Worker.Part {
  let task = source.path.split(separator: "/").last.map(String.init) ?? source.path
  let threads = max(1, options.threads)
  let order = Mutex(InOrder(sink: sink))
  let outcome = Mutex<(failure: Problem?, summaries: [Int: Worker.Summary])>((nil, [:]))
  @Sendable func work(_ number: Int) {
    do throws(Problem) {
      var worker = try makeWorker(number)
      var buffer = LineBuffer(capacity: options.blockBytes * 2)
      while outcome.withLock({ $0.failure == nil }), let block = try source.fill(&buffer) {
        let badLines = block.encoding.map { buffer.decode($0) } ?? []
        let part = worker.parse(buffer, number: block.number, badLines: badLines)
        let isFirst = order.withLock { order in
          order.add(part, at: block.number)
          return order.next == block.number + 1
        }
        if isFirst {
          options.progress.report(task: task, completed: source.bytesDone, total: source.byteCount, unit: "B")
        }
        // A thread held up for long must not let the others fill the memory.
        while order.withLock({ $0.waiting.count > 256 + threads && $0.waiting[block.number] != nil }) { usleep(500) }
      }
      let summary = worker.summary()
      outcome.withLock { $0.summaries[number] = summary }
    } catch {
      outcome.withLock { if $0.failure == nil { $0.failure = error } }
    }
  }
  if threads == 1 {
    work(0)
  } else {
    DispatchQueue.concurrentPerform(iterations: threads) { work($0) }
  }
  options.progress.finish(task: task)
  let (failure, summaries) = outcome.withLock { $0 }
  if let failure { throw failure }
  let finished = order.withLock { order in
    let finished = order.sink
    order.sink = sink
    return finished
  }
  return (finished, (0..<threads).compactMap { summaries[$0] })
}
