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
  init?(cells: [CellID], margin: Int, maximumSize: Int?) {
    guard let window = LatticeWindow(cells: cells, margin: margin, maximumSize: maximumSize) else { return nil }
    self.margin = margin
    stride = window.stride
    count = cells.count
    var runs: [Run] = []
    var rowStarts = [Int](repeating: 0, count: window.height + 1)
    var row = 0
    var first = 0
    for slot in 1...cells.count {
      if slot < cells.count {
        let step = Int(window.positions[slot]) - Int(window.positions[slot - 1])
        precondition(step > 0, "cells must ascend and not repeat")
        // Two cells side by side in the window are of one row: margins separate the rows, or a row is one column wide.
        if step == 1, stride > 1, cells[slot].row == cells[slot - 1].row { continue }
      }
      let place = Int(window.positions[first])
      while row < place / stride {
        row += 1
        rowStarts[row] = runs.count
      }
      runs.append(Run(slot: first, column: place % stride, count: slot - first))
      first = slot
    }
    while row < window.height {
      row += 1
      rowStarts[row] = runs.count
    }
    self.runs = runs
    self.rowStarts = rowStarts
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
    _ values: UnsafeBufferPointer<Value>, row: Int, into line: UnsafeMutablePointer<Value>
  ) {
    line.update(repeating: .zero, count: stride)
    guard (0..<height).contains(row) else { return }
    for run in runs[rowStarts[row]..<rowStarts[row + 1]] {
      for k in 0..<run.count { line[run.column + k] = values[run.slot + k] }
    }
  }

  /// Sums over the square of cells at most `reach` king's moves away, the cell itself included: along rows from the
  /// west first, then along columns from the south.
  func squareSums<Value: Summable>(of values: [Value], reach: Int, threads: Int) -> [Value] {
    let rows = 2 * reach + 1
    return filled(values, threads: threads) { values, out, piece in
      withUnsafeTemporaryAllocation(of: Value.self, capacity: (rows + 1) * stride) { lines in
        guard let base = lines.baseAddress else { return }
        let line = base + rows * stride
        func prepare(_ row: Int) {
          lay(values, row: row, into: line)
          let along = base + (row + rows) % rows * stride
          along.update(repeating: .zero, count: stride)
          for step in -reach...reach {
            for column in reach..<max(reach, stride - reach) {
              along[column] = Value.plus(along[column], line[column + step])
            }
          }
        }
        for row in piece.lowerBound - reach..<piece.lowerBound + reach { prepare(row) }
        for row in piece {
          prepare(row + reach)
          for run in runs[rowStarts[row]..<rowStarts[row + 1]] {
            let target = out + run.slot
            let south = base + (row - reach + rows) % rows * stride + run.column
            for k in 0..<run.count { target[k] = south[k] }
            for step in (1 - reach)...reach {
              let next = base + (row + step + rows) % rows * stride + run.column
              for k in 0..<run.count { target[k] = Value.plus(target[k], next[k]) }
            }
          }
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
  static func times(_ a: Self, _ b: Self) -> Self
}

extension Double: Summable {
  @inline(__always) static func plus(_ a: Double, _ b: Double) -> Double { a + b }
  @inline(__always) static func times(_ a: Double, _ b: Double) -> Double { a * b }
}

// Callers keep whole numbers small enough for their sums.
extension Int64: Summable {
  @inline(__always) static func plus(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
  @inline(__always) static func times(_ a: Int64, _ b: Int64) -> Int64 { a &* b }
}

extension Int32: Summable {
  @inline(__always) static func plus(_ a: Int32, _ b: Int32) -> Int32 { a &+ b }
  @inline(__always) static func times(_ a: Int32, _ b: Int32) -> Int32 { a &* b }
}
