internal import Grids
internal import ArgumentParser
internal import Diagnostics
internal import Foundation
internal import Workflows

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a workspace: a folder that keeps what is ingested and planned.",
    discussion: """
      Reads the grid file, the tables of places beside it, the policy file and the county boundaries (those that \
      tools/setup derived, or your own). Writes DIR/hotgrid.sqlite, DIR/cache, DIR/rejects and copies of the tables.

      Example: hotgrid init ws --grid grids/2p26.yml --policy grids/policy.yml
      """)

  @OptionGroup var common: CommonOptions

  @Argument(help: ArgumentHelp("The folder to make.", valueName: "dir"))
  var folder: String

  @OptionGroup var gridOptions: GridOptions

  @Option(help: ArgumentHelp("Policy file with rules, scores and exclusions.", valueName: "file.yml"))
  var policy: String?

  @Option(help: ArgumentHelp("Your own county boundaries, any vector format.", valueName: "file"))
  var boundaries: String?

  func run() throws {
    try reporting {
      let outcome = try initWorkspace(
        at: folder, gridPath: gridOptions.grid, policyPath: policy, boundariesPath: boundaries)
      for repair in outcome.repairs {
        common.say("repaired \(repair.county.code) \(repair.county.name): \(repair.reason)")
      }
      let region = outcome.region
      if common.json {
        struct Made: Encodable {
          let workspace: String
          let region: String
          let counties, cells, repairs: Int
        }
        try printJSON(
          Made(
            workspace: folder, region: region.name, counties: region.counties.count, cells: region.cells.count,
            repairs: outcome.repairs.count))
      } else {
        common.say(
          "workspace \(folder): region \(region.name) with \(region.counties.count) counties and "
            + "\(region.cells.count) cells of \(region.lattice.sizeMetres) m")
      }
    }
  }
}
