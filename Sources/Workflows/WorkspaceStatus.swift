internal import Grids
public import Quantities
public import Store

/// What a workspace holds.
public struct WorkspaceStatus: Sendable {
  public let path: String
  public let gridName: String
  public let files: [InputFile]
  public let rowCounts: [(name: String, count: Int)]
  /// Days with data per kind; kinds without days are left out.
  public let days: [(kind: InputKind, days: [LocalDay])]
  /// Station ids that have readings but no position.
  public let undeclaredStations: [String]
  /// Meter ids that have load curves but no entry in a meters file.
  public let undeclaredMeters: [String]
  public let lastPlan: PlanHeader?
}

/// Reads what `status` prints.
public func workspaceStatus(_ workspace: Workspace) throws -> WorkspaceStatus {
  WorkspaceStatus(
    path: workspace.path, gridName: try workspace.grid().name, files: try workspace.inputFiles(),
    rowCounts: try workspace.rowCounts(),
    days: try InputKind.allCases.map { (kind: $0, days: try workspace.availableDays($0)) }.filter { !$0.days.isEmpty },
    undeclaredStations: try workspace.undeclaredStations(), undeclaredMeters: try workspace.undeclaredMeters(),
    lastPlan: try workspace.plans().last)
}
