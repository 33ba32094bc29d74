internal import Grids
internal import Threads

/// The cells of a list as runs of consecutive columns, in a window of the lattice with an empty margin.
///
/// Neighbourhood sums go through it row by row: a few rows are laid out at a time, absent cells as 0, so that a neighbour
/// is a fixed step away and no copy of the whole window is needed.
struct LatticeRuns: Sendable {
  /// Slots `slot..<slot + count`, in columns `column..<column + count` of the window.
  struct Run: Sendable {
    let slot: Int
    let column: Int
    let count: Int
  }

  /// Empty columns on both sides.
  let margin: Int
  /// Columns, margins included.
  let stride: Int
  /// Cells.
  let count: Int
  let runs: [Run]
  /// `rowStarts[row]..<rowStarts[row + 1]` in `runs`; margins above and below are rows without runs.
  let rowStarts: [Int]

  var height: Int { rowStarts.count - 1 }

  /// - Parameter cells: Strictly ascending.
  /// - Returns: `nil` where ``LatticeWindow`` has none.
  init?(cells: [CellID], margin: Int, maximumSize: Int?, threads: Int = 1) {
    guard let first = cells.first, let last = cells.last, first.sizeMetres == last.sizeMetres else { return nil }
    // Slots at which a run begins, and the outermost columns, block by block.
    let blocks = (cells.count + slotsPerBlock - 1) / slotsPerBlock
    let parts = mapConcurrently(blocks, threads: threads) { block in
      cells.withUnsafeBufferPointer { cells in
        Part(cells, block * slotsPerBlock..<min(cells.count, (block + 1) * slotsPerBlock))
      }
    }
    let west = parts.reduce(first.column) { min($0, $1.west) }
    let east = parts.reduce(first.column) { max($0, $1.east) }
    guard
      let frame = LatticeWindow.Frame(
        west: west, east: east, south: first.row, north: last.row, sizeMetres: first.sizeMetres, cells: cells.count,
        margin: margin, maximumSize: maximumSize)
    else { return nil }
    self.margin = margin
    stride = frame.stride
    count = cells.count
    let starts = parts.flatMap(\.starts)
    var runs: [Run] = []
    runs.reserveCapacity(starts.count)
    var rowStarts = [Int](repeating: 0, count: frame.height + 1)
    var row = 0
    for (k, start) in starts.enumerated() {
      let cell = cells[start]
      let own = Int(cell.row) - Int(frame.corner.row)
      while row < own {
        row += 1
        rowStarts[row] = runs.count
      }
      let end = k + 1 < starts.count ? starts[k + 1] : cells.count
      runs.append(Run(slot: start, column: Int(cell.column) - Int(frame.corner.column), count: end - start))
    }
    while row < frame.height {
      row += 1
      rowStarts[row] = runs.count
    }
    self.runs = runs
    self.rowStarts = rowStarts
  }

  /// What one block of a list of cells says about its runs.
  private struct Part: Sendable {
    var starts: [Int] = []
    var west: Int32
    var east: Int32

    init(_ cells: UnsafeBufferPointer<CellID>, _ slots: Range<Int>) {
      let first = cells[slots.lowerBound]
      (west, east) = (first.column, first.column)
      var last = slots.lowerBound > 0 ? cells[slots.lowerBound - 1] : nil
      for slot in slots {
        let cell = cells[slot]
        if let last, cell.row == last.row, cell.column == last.column &+ 1 {
          // A run goes on; the ends of runs are the outermost columns.
        } else {
          precondition(last.map { $0 < cell } ?? true, "cells must ascend and not repeat")
          starts.append(slot)
          west = min(west, cell.column)
          if let last { east = max(east, last.column) }
        }
        last = cell
      }
      if let last { east = max(east, last.column) }
    }
  }

  /// Rows in pieces of about equally many cells, for sharing among threads.
  private func pieces(_ threads: Int) -> [Range<Int>] {
    let wanted = threads > 1 ? min(threads * 4, max(1, count / 4096)) : 1
    var pieces: [Range<Int>] = []
    var start = 0
    var cellsUpTo = 0
    for row in 0..<height {
      for run in runs[rowStarts[row]..<rowStarts[row + 1]] { cellsUpTo += run.count }
      if cellsUpTo * wanted >= (pieces.count + 1) * count, row + 1 > start {
        pieces.append(start..<row + 1)
        start = row + 1
      }
    }
    if start < height { pieces.append(start..<height) }
    return pieces
  }

  /// Lays one row of values out; absent cells are 0.
  private func lay<Value: Summable>(
    _ values: UnsafeBufferPointer<Value>, row: Int, minus origin: Value = .zero, into line: UnsafeMutablePointer<Value>
  ) {
    line.update(repeating: .zero, count: stride)
    guard (0..<height).contains(row) else { return }
    for run in runs[rowStarts[row]..<rowStarts[row + 1]] {
      for k in 0..<run.count { line[run.column + k] = Value.minus(values[run.slot + k], origin) }
    }
  }

  /// Sums over the square of cells at most `reach` king's moves away, the cell itself included: along rows from the
  /// west first, then along columns from the south.
  ///
  /// - Parameters:
  ///   - origin: Taken from every value first.
  ///   - finish: Gets the sums of some slots to work on in place, as soon as they are made; whole rows' runs, on any thread.
  func squareSums<Value: Summable>(
    of values: [Value], minus origin: Value = .zero, reach: Int, threads: Int,
    finish: (UnsafeMutablePointer<Value>, Range<Int>) -> Void = { _, _ in }
  ) -> [Value] {
    filled(values, threads: threads) { values, out, piece in
      forEachSquareRun(in: piece, reach: reach) { row, line in
        lay(values, row: row, minus: origin, into: line)
      } target: { run, _ in
        out + run.slot
      } done: { run, _ in
        finish(out, run.slot..<run.slot + run.count)
      }
    }
  }

  /// Cells at most `reach` king's moves away from each cell, the cell itself not counted.
  func squareCounts(reach: Int, threads: Int) -> [Int32] {
    // Bytes are summed many at a time, as long as they hold the counts.
    guard (2 * reach + 1) * (2 * reach + 1) <= 255 else {
      return squareSums(of: [Int32](repeating: 1, count: count), reach: reach, threads: threads) { out, slots in
        for slot in slots { out[slot] -= 1 }
      }
    }
    guard count > 0 else { return [] }
    let pieces = pieces(threads)
    return [Int32](unsafeUninitializedCapacity: count) { buffer, filledCount in
      // Each piece writes the slots of its own rows.
      nonisolated(unsafe) let out = buffer
      forEachConcurrently(pieces.count, threads: threads) { piece in
        forEachSquareRun(in: pieces[piece], reach: reach) { (row, line: UnsafeMutablePointer<UInt8>) in
          line.update(repeating: 0, count: stride)
          guard (0..<height).contains(row) else { return }
          for run in runs[rowStarts[row]..<rowStarts[row + 1]] {
            (line + run.column).update(repeating: 1, count: run.count)
          }
        } target: { _, scratch in
          scratch
        } done: { run, sums in
          for k in 0..<run.count { out[run.slot + k] = Int32(sums[k]) - 1 }
        }
      }
      filledCount = count
    }
  }

  /// Goes through the runs of some rows with their square sums.
  ///
  /// - Parameters:
  ///   - lay: Writes a row, `stride` numbers; rows outside the window are empty.
  ///   - target: Where the sums of a run go: anywhere, or to the scratch space that is offered.
  ///   - done: Gets the run and where its sums are.
  private func forEachSquareRun<Value: Summable>(
    in piece: Range<Int>, reach: Int, lay: (Int, UnsafeMutablePointer<Value>) -> Void,
    target: (Run, UnsafeMutablePointer<Value>) -> UnsafeMutablePointer<Value>,
    done: (Run, UnsafeMutablePointer<Value>) -> Void
  ) {
    let rows = 2 * reach + 1
    withUnsafeTemporaryAllocation(of: Value.self, capacity: (rows + 2) * stride) { lines in
      guard let base = lines.baseAddress else { return }
      let line = base + rows * stride
      let scratch = line + stride
      func along(_ row: Int) -> UnsafeMutablePointer<Value> { base + (row + rows) % rows * stride }
      func prepare(_ row: Int) {
        lay(row, line)
        let sums = along(row)
        // Margins are never asked for.
        let end = max(reach, stride - reach)
        if reach == 1 {
          for k in 1..<end { sums[k] = Value.plus(Value.plus(line[k - 1], line[k]), line[k + 1]) }
        } else {
          for k in reach..<end { sums[k] = line[k - reach] }
          for step in (1 - reach)...reach {
            for k in reach..<end { sums[k] = Value.plus(sums[k], line[k + step]) }
          }
        }
      }
      for row in piece.lowerBound - reach..<piece.lowerBound + reach { prepare(row) }
      for row in piece {
        prepare(row + reach)
        for run in runs[rowStarts[row]..<rowStarts[row + 1]] {
          let sums = target(run, scratch)
          let south = along(row - reach) + run.column
          if reach == 1 {
            let (own, north) = (along(row) + run.column, along(row + 1) + run.column)
            for k in 0..<run.count { sums[k] = Value.plus(Value.plus(south[k], own[k]), north[k]) }
          } else {
            for k in 0..<run.count { sums[k] = south[k] }
            for step in (1 - reach)...reach {
              let next = along(row + step) + run.column
              for k in 0..<run.count { sums[k] = Value.plus(sums[k], next[k]) }
            }
          }
          done(run, sums)
        }
      }
    }
  }

  /// Sums over the cell itself and the cells at `offsets`, each times its weight, in their order.
  func shapeSums<Value: Summable>(
    of values: [Value], offsets: [(columns: Int, rows: Int, weight: Value)], weighted: Bool, threads: Int
  ) -> [Value] {
    let reach = offsets.reduce(0) { max($0, abs($1.rows)) }
    let rows = 2 * reach + 1
    return filled(values, threads: threads) { values, out, piece in
      withUnsafeTemporaryAllocation(of: Value.self, capacity: rows * stride) { lines in
        guard let base = lines.baseAddress else { return }
        func line(_ row: Int) -> UnsafeMutablePointer<Value> { base + (row + rows) % rows * stride }
        for row in piece.lowerBound - reach..<piece.lowerBound + reach { lay(values, row: row, into: line(row)) }
        for row in piece {
          lay(values, row: row + reach, into: line(row + reach))
          for run in runs[rowStarts[row]..<rowStarts[row + 1]] {
            let target = out + run.slot
            let own = line(row) + run.column
            for k in 0..<run.count { target[k] = own[k] }
            for offset in offsets {
              let next = line(row + offset.rows) + run.column + offset.columns
              if weighted {
                for k in 0..<run.count { target[k] = Value.plus(target[k], Value.times(offset.weight, next[k])) }
              } else {
                for k in 0..<run.count { target[k] = Value.plus(target[k], next[k]) }
              }
            }
          }
        }
      }
    }
  }

  private func filled<Value: Summable>(
    _ values: [Value], threads: Int,
    _ fill: (UnsafeBufferPointer<Value>, UnsafeMutablePointer<Value>, Range<Int>) -> Void
  ) -> [Value] {
    precondition(values.count == count, "one value per cell")
    guard count > 0 else { return [] }
    let pieces = pieces(threads)
    return values.withUnsafeBufferPointer { values in
      [Value](unsafeUninitializedCapacity: count) { buffer, filledCount in
        if let base = buffer.baseAddress {
          // Each piece writes the slots of its own rows.
          nonisolated(unsafe) let out = base
          nonisolated(unsafe) let values = values
          nonisolated(unsafe) let fill = fill
          forEachConcurrently(pieces.count, threads: threads) { fill(values, out, pieces[$0]) }
        }
        filledCount = count
      }
    }
  }
}

/// Numbers that neighbourhood sums are made of.
protocol Summable: Sendable, BitwiseCopyable {
  static var zero: Self { get }
  static func plus(_ a: Self, _ b: Self) -> Self
  static func minus(_ a: Self, _ b: Self) -> Self
  static func times(_ a: Self, _ b: Self) -> Self
}

extension Double: Summable {
  @inline(__always) static func plus(_ a: Double, _ b: Double) -> Double { a + b }
  @inline(__always) static func minus(_ a: Double, _ b: Double) -> Double { a - b }
  @inline(__always) static func times(_ a: Double, _ b: Double) -> Double { a * b }
}

// Callers keep whole numbers small enough for their sums.
extension Int64: Summable {
  @inline(__always) static func plus(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
  @inline(__always) static func minus(_ a: Int64, _ b: Int64) -> Int64 { a &- b }
  @inline(__always) static func times(_ a: Int64, _ b: Int64) -> Int64 { a &* b }
}

extension Int32: Summable {
  @inline(__always) static func plus(_ a: Int32, _ b: Int32) -> Int32 { a &+ b }
  @inline(__always) static func minus(_ a: Int32, _ b: Int32) -> Int32 { a &- b }
  @inline(__always) static func times(_ a: Int32, _ b: Int32) -> Int32 { a &* b }
}

extension UInt8: Summable {
  @inline(__always) static func plus(_ a: UInt8, _ b: UInt8) -> UInt8 { a &+ b }
  @inline(__always) static func minus(_ a: UInt8, _ b: UInt8) -> UInt8 { a &- b }
  @inline(__always) static func times(_ a: UInt8, _ b: UInt8) -> UInt8 { a &* b }
}
