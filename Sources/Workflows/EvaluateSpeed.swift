internal import Diagnostics
internal import Foundation
internal import Grids
internal import Ingest
public import SpatialStatistics

/// Seconds and bytes that the steps of Gi* take on one field, measured inside the program: the best of some rounds.
public struct StatisticsSpeed: Sendable, Codable {
  /// Cells of the field that is timed.
  public let cells: Int
  /// At most, for every step.
  public let threads: Int
  /// Times each step was run; the best counts.
  public let rounds: Int
  /// Finding neighbours, z, p and bins.
  public var analyticSeconds = Double.infinity
  /// Of those, finding neighbours; each step's best, so that the steps need not add up.
  public var neighbourSeconds = Double.infinity
  /// Gi* itself, seconds.
  public var scoreSeconds = Double.infinity
  /// From z to p, seconds.
  public var pSeconds = Double.infinity
  /// From p to bins by Benjamini and Hochberg, seconds.
  public var binSeconds = Double.infinity
  /// Neighbours, z, p, permutation p and bins, per number of permutations.
  public var permutations: [Permuted] = []
  /// The most that the resident set grew while the statistic ran, values and ids of the cells not counted; `nil` where
  /// the system does not say.
  public var bytesPerCell: Double?

  /// One number of permutations.
  public struct Permuted: Sendable, Codable {
    /// Permutations a cell.
    public let permutations: Int
    /// The best round, all steps together.
    public var seconds = Double.infinity
    /// As in ``StatisticsSpeed/bytesPerCell``; `nil` where the system does not say.
    public var bytesPerCell: Double?

    enum CodingKeys: String, CodingKey {
      case permutations, seconds
      case bytesPerCell = "bytes_per_cell"
    }
  }

  enum CodingKeys: String, CodingKey {
    case cells, threads, rounds, permutations
    case analyticSeconds = "analytic_seconds"
    case neighbourSeconds = "neighbour_seconds"
    case scoreSeconds = "score_seconds"
    case pSeconds = "p_seconds"
    case binSeconds = "bin_seconds"
    case bytesPerCell = "bytes_per_cell"
  }
}

/// `evaluate speed`: times Gi* on the first period of a cells file.
public func evaluateSpeed(
  cellsPath: String, neighbourhood: Neighbourhood, permutations: [Int], rounds: Int, threads: Int,
  messages: (String) -> Void
) throws -> StatisticsSpeed {
  let field = try readCells(path: cellsPath, messages: messages)[0].field
  var speed = StatisticsSpeed(cells: field.count, threads: threads, rounds: rounds)
  func analytic() -> (LatticeNeighbours, OptionalColumn, OptionalColumn) {
    var seconds = [0.0, 0, 0, 0]
    let neighbours = timed(&seconds[0]) {
      LatticeNeighbours(cells: field.cells, neighbourhood: neighbourhood, threads: threads)
    }
    let z = timed(&seconds[1]) { LocalG.star(field.values, neighbours, threads: threads).z }
    let p = timed(&seconds[2]) { Significance.p(z: z, threads: threads) }
    _ = timed(&seconds[3]) { Significance.bins(z: z, p: p, threads: threads) }
    speed.neighbourSeconds = min(speed.neighbourSeconds, seconds[0])
    speed.scoreSeconds = min(speed.scoreSeconds, seconds[1])
    speed.pSeconds = min(speed.pSeconds, seconds[2])
    speed.binSeconds = min(speed.binSeconds, seconds[3])
    speed.analyticSeconds = min(speed.analyticSeconds, seconds.reduce(0, +))
    return (neighbours, z, p)
  }
  for round in 0..<rounds {
    let memory = round == 0 ? ResidentPeak() : nil
    _ = analytic()
    if let memory { speed.bytesPerCell = memory.growth.map { Double($0) / Double(field.count) } }
  }
  for replicates in permutations where replicates > 0 {
    var permuted = StatisticsSpeed.Permuted(permutations: replicates)
    let permutation = ConditionalPermutation(replicates: replicates, seed: 1)
    for round in 0..<rounds {
      let memory = round == 0 ? ResidentPeak() : nil
      var seconds = 0.0
      timed(&seconds) {
        let (neighbours, z, _) = analytic()
        let p = permutation.counts(field.values, neighbours, threads: threads).p()
        _ = Significance.bins(z: z, p: p, threads: threads)
      }
      permuted.seconds = min(permuted.seconds, seconds)
      if let memory { permuted.bytesPerCell = memory.growth.map { Double($0) / Double(field.count) } }
    }
    speed.permutations.append(permuted)
  }
  return speed
}

/// How far the resident set grows from now on.
private struct ResidentPeak {
  private let before: Int?

  init() {
    // 5 resets the high-water mark of the resident set (proc(5), clear_refs).
    try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    before = Self.kilobytes("VmRSS:")
  }

  /// Bytes; `nil` where the system does not say.
  var growth: Int? {
    guard let before, let peak = Self.kilobytes("VmHWM:") else { return nil }
    return max(0, peak - before) * 1024
  }

  private static func kilobytes(_ name: String) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
    return line.flatMap { $0.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first }
  }
}
