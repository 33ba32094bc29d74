internal import ArgumentParser
internal import Hotspots
internal import Ranking
internal import SpatialStatistics
internal import Surfaces
internal import Workflows

/// `detect`: what is bad, and where.
struct DetectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect",
    abstract: "Find clusters, local outliers and the cells of the monthly lists.",
    subcommands: [
      DetectGiStarCommand.self, DetectGiCommand.self, DetectMoranCommand.self, DetectBivariateCommand.self,
      DetectGearyCommand.self, DetectAlarmCommand.self, DetectListsCommand.self,
      DetectProbabilityCommand.self, DetectEmergingCommand.self,
      DetectAnnualCommand.self, DetectStrikesCommand.self, DetectScanCommand.self,
      DetectCoalCommand.self, DetectDustCommand.self,
    ])
}

/// Files that every `detect` verb reads and writes.
struct DetectFiles: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Cells file: cell,period,value,variance,count,coverage; - is standard input.", valueName: "cells.csv"))
  var cells: String

  @Option(help: ArgumentHelp("Where the rows go; - is standard output.", valueName: "hot.csv"))
  var out: String = "-"
}

/// Neighbours from a file.
struct DetectWeights: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Who is whose neighbour, by cell ids, in place of --neighbourhood: file.gal, or file.gwt with weights.",
      valueName: "file.gal|file.gwt"))
  var weights: String?
}

/// How clusters are looked for.
struct HotspotOptionGroup: ParsableArguments {
  @Option(
    help: "\(Neighbourhood.forms); queen when left out.",
    transform: reading(Neighbourhood.forms) { Neighbourhood($0) })
  var neighbourhood: Neighbourhood = .queen

  @Option(help: "Conditional permutations behind p_perm; 0 for none.")
  var permutations: Int = 0

  @Option(help: "Seed of the permutations; the same seed gives the same bytes.")
  var seed: UInt64 = 1

  @Option(
    help: """
      theoretical, empirical for smooth fields (p from the median and spread of the field's own z), or autocorrelated (p from \
      the field's own covariances; gi-star only).
      """,
    transform: reading("theoretical, empirical or autocorrelated") { HotspotOptions.Null(rawValue: $0) })
  var null: HotspotOptions.Null = .theoretical

  @Option(
    help: "Which p decides the bin: analytic, or permutation.",
    transform: reading("analytic or permutation") { HotspotOptions.BinBy(rawValue: $0) })
  var binBy: HotspotOptions.BinBy = .analytic

  @Option(
    help: "two-sided, greater or less: which side of chance p and p_perm look at.",
    transform: reading("two-sided, greater or less") { Alternative(rawValue: $0) })
  var alternative: Alternative = .twoSided

  @Option(
    help: "How bins allow for the number of cells: bh (Benjamini-Hochberg), by (Benjamini-Yekutieli) or none.",
    transform: reading("bh, by or none") { Significance.Correction(rawValue: $0) })
  var correction: Significance.Correction = .benjaminiHochberg

  @Option(
    help: "value, or residual: what a cell has above the background of a wide ring.",
    transform: reading("value or residual") { HotspotPolicy.TestedField(rawValue: $0) })
  var field: HotspotPolicy.TestedField = .value

  @Option(
    help: "The ring of --field residual: ring:15, ring:2-15 or ring:2-15:0.25; ring:2-15:0.5 when left out.",
    transform: reading("ring:15, ring:2-15 or ring:2-15:0.25") { BackgroundRule($0) })
  var background: BackgroundRule?

  @Option(
    help: ArgumentHelp(
      "Wind table or NetCDF of --field residual: the background is then taken upwind where the wind of the period is "
        + "known.", valueName: "wind.csv"))
  var wind: String?

  /// The background to subtract; `nil` when values are tested as they are.
  func fieldBackground(_ grid: GridOptions, _ common: CommonOptions) throws -> FieldBackground? {
    guard field == .residual else { return nil }
    return try FieldBackground(
      rule: background ?? BackgroundRule(), windPath: wind, grid: try grid.load(), messages: common.say)
  }

  @Flag(help: "Deal afresh for every cell: slow, with independent Monte Carlo errors.")
  var independentPermutations = false

  func validate() throws {
    guard (0...1_000_000).contains(permutations) else {
      throw ValidationError("--permutations \(permutations) is not between 0 and 1000000")
    }
    guard background == nil || field == .residual else {
      throw ValidationError("--background needs --field residual")
    }
    guard wind == nil || field == .residual else { throw ValidationError("--wind needs --field residual") }
    guard binBy == .analytic || permutations > 0 else {
      throw ValidationError("--bin-by permutation needs --permutations, such as 999")
    }
  }

  var options: HotspotOptions {
    HotspotOptions(
      neighbourhood: neighbourhood, permutations: permutations, seed: seed, null: null, binBy: binBy,
      independentPermutations: independentPermutations, alternative: alternative, correction: correction)
  }
}

extension HotspotOptionGroup {
  /// Ord and Getis's O is of Gi* and of neighbours on the lattice that all count alike.
  func requireNoLatticeNull(_ verb: String) throws {
    guard null != .autocorrelated else {
      throw ValidationError("--null autocorrelated is a test of detect gi-star on the lattice, not of \(verb)")
    }
  }

  /// Refuses what only the verbs of one field understand.
  func requirePlain(_ verb: String) throws {
    guard neighbourhood.isBinary else {
      throw ValidationError("\(verb) weighs every neighbour alike: --neighbourhood radius:METRES instead of inverse")
    }
    guard alternative == .twoSided, correction == .benjaminiHochberg else {
      throw ValidationError("\(verb) knows --alternative two-sided and --correction bh only")
    }
  }
}

/// A transform for an option whose type reads itself from text.
func reading<Value>(
  _ expectation: String, _ make: @escaping @Sendable (String) -> Value?
) -> @Sendable (String) throws -> Value {
  { text in
    guard let value = make(text) else { throw ValidationError("\"\(text)\" is not \(expectation)") }
    return value
  }
}

extension CommonOptions {
  /// Says what a detection found, or prints it as JSON where the rows went to a file.
  func report(_ summary: DetectSummary, rowsWentTo path: String) throws {
    if json, path != "-" { print(try jsonText(summary)) }
    for line in summary.lines { say(line) }
  }
}

struct DetectGiStarCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gi-star",
    abstract: "Find clusters by Getis and Ord's Gi*.",
    discussion: """
      Reads a cells file and tests every period in it by itself. Writes \(HotFile.columns):
      z and p as they are, bin -3...3 after Benjamini-Hochberg, class hot or cold, reason where there is no z.
      A cell that is not in the file is nobody's neighbour.

      Example: hotgrid detect gi-star --cells cells.csv --neighbourhood radius:7500 --permutations 999 --out hot.csv
      """)

  @OptionGroup var common: CommonOptions
  @OptionGroup var files: DetectFiles
  @OptionGroup var weights: DetectWeights
  @OptionGroup var hotspots: HotspotOptionGroup
  @OptionGroup var gridOptions: GridOptions

  func validate() throws {
    if weights.weights != nil || !hotspots.neighbourhood.isBinary {
      try hotspots.requireNoLatticeNull("neighbours with weights or from a file")
    }
  }

  func run() throws {
    try reporting {
      let summary = try detectCells(
        .giStar, cellsPath: files.cells, weightsPath: weights.weights, outPath: files.out, options: hotspots.options,
        background: try hotspots.fieldBackground(gridOptions, common), threads: common.threads, messages: common.say)
      try common.report(summary, rowsWentTo: files.out)
    }
  }
}
