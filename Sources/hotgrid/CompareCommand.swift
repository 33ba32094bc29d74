internal import ArgumentParser
internal import Quantities
internal import Workflows

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two maps of hot cells: how alike they are, and what appeared, moved and vanished.",
    discussion: """
      Reads two hot or alarm files, or two periods of one. Prints the share of cells with the same class, Cohen's kappa, and
      a similarity that forgives a cell aside, with the value that chance would give and its kappa. --changes writes
      change,earlier_cells,later_cells,distance_metres,earlier_first_cell,later_first_cell.

      Example: hotgrid compare october.csv november.csv --changes changes.csv
      """)

  @OptionGroup var common: CommonOptions
  @Argument(help: "Hot or alarm file; the earlier one.") var first: String
  @Argument(help: "Hot or alarm file; the later one.") var second: String
  @Option(
    help: "Period of the first file, where it has several.",
    transform: reading("a period such as 2017-11 or 2017-11-21") { Period($0) })
  var firstPeriod: Period?
  @Option(
    help: "Period of the second file, where it has several.",
    transform: reading("a period such as 2017-11 or 2017-11-21") { Period($0) })
  var secondPeriod: Period?
  @Option(help: "Bin from which a cell counts as hot or cold.") var minBin: Int = 2
  @Option(help: ArgumentHelp("Distance at which another cell counts half; 0 for never.", valueName: "metres"))
  var halving: Double = 3000
  @Option(help: ArgumentHelp("Farther than that a hotspot has not moved.", valueName: "metres"))
  var reach: Double = 9000
  @Option(help: "Permutations behind the expected similarity.") var permutations: Int = 99
  @Option(help: "Seed of the permutations.") var seed: UInt64 = 1
  @Option(help: ArgumentHelp("Where the changes go.", valueName: "changes.csv")) var changes: String?

  func validate() throws {
    guard (1...3).contains(minBin) else { throw ValidationError("--min-bin \(minBin) is not 1, 2 or 3") }
    guard halving.isFinite, halving >= 0, halving <= 300_000 else {
      throw ValidationError("--halving \(halving) is not between 0 and 300000")
    }
    guard reach.isFinite, reach >= 0 else { throw ValidationError("--reach \(reach) is no distance") }
    guard (1...100_000).contains(permutations) else {
      throw ValidationError("--permutations \(permutations) is not between 1 and 100000")
    }
  }

  func run() throws {
    try reporting {
      var request = CompareRequest(firstPath: first, secondPath: second)
      request.firstPeriod = firstPeriod
      request.secondPeriod = secondPeriod
      request.minimumBin = minBin
      request.halvingMetres = halving
      request.reachMetres = reach
      request.permutations = permutations
      request.seed = seed
      request.changesPath = changes
      let summary = try compareMaps(request, messages: common.say)
      if common.json { print(try jsonText(summary)) } else { print(summary.lines.joined(separator: "\n")) }
    }
  }
}
