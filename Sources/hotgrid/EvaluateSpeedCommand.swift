internal import ArgumentParser
internal import SpatialStatistics
internal import Workflows

struct EvaluateSpeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "speed",
    abstract: "Time Gi* with and without permutations on the cells of a file.",
    discussion: """
      Reads the first period of a cells file and runs Gi* on it several times; prints the best time of each step, and by
      how much the memory grew. Reading and writing are not timed. tools/bench/gistar calls it.

      Example: hotgrid evaluate speed --cells cells.csv --permutations 999 --permutations 9999 --rounds 5
      """)

  @OptionGroup var common: CommonOptions
  @Option(help: ArgumentHelp("Cells file.", valueName: "cells.csv")) var cells: String
  @Option(help: "Permutations; may be given several times.") var permutations: [Int] = [999]
  @Option(help: "How often each is run.") var rounds: Int = 5
  @Option(
    help: "\(Neighbourhood.forms); queen when left out.",
    transform: reading(Neighbourhood.forms) { Neighbourhood($0) })
  var neighbourhood: Neighbourhood = .queen

  func validate() throws {
    guard (1...1000).contains(rounds), permutations.allSatisfy({ (0...1_000_000).contains($0) }) else {
      throw ValidationError("--rounds is 1...1000 and --permutations 0...1000000")
    }
  }

  func run() throws {
    try reporting {
      let speed = try evaluateSpeed(
        cellsPath: cells, neighbourhood: neighbourhood, permutations: permutations, rounds: rounds,
        threads: common.threads, messages: common.say)
      if common.json { try printJSON(speed) } else { print(Self.text(speed)) }
    }
  }

  private static func text(_ speed: StatisticsSpeed) -> String {
    func ms(_ seconds: Double) -> String { "\((seconds * 1e5).rounded() / 100) ms" }
    func bytes(_ bytes: Double?) -> String { bytes.map { ", \(Int($0.rounded())) bytes a cell" } ?? "" }
    var lines = [
      "\(speed.cells) cells, \(speed.threads) threads, best of \(speed.rounds)",
      "  analytic: \(ms(speed.analyticSeconds))\(bytes(speed.bytesPerCell)) (neighbours \(ms(speed.neighbourSeconds)), "
        + "z \(ms(speed.scoreSeconds)), p \(ms(speed.pSeconds)), bins \(ms(speed.binSeconds)))",
    ]
    lines += speed.permutations.map {
      "  with \($0.permutations) permutations: \(ms($0.seconds))\(bytes($0.bytesPerCell))"
    }
    return lines.joined(separator: "\n")
  }
}
