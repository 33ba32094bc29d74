/// A kind of evidence that may come from an unregistered source. The raw value is what files use.
public enum DarkSign: String, CaseIterable, Hashable, Sendable {
  /// The cell stands above its background or its ring.
  case hot
  /// Factory-like load at a meter that names no firm.
  case load
  /// Satellite fires by night or on several days.
  case fires
  /// More complaints than the county's reporting explains.
  case complaints
}

/// What is assumed of unregistered sources. Every number is ours and named, because none is published.
///
/// Version 1. See docs/methods/dark-emitters.md for the reasons.
public struct DarkRules: Hashable, Sendable {
  /// Chance that an unregistered source of its own causes each sign in its cell, in the order of ``DarkSign``.
  public var detection = [0.5, 0.6, 0.1, 0.25]
  /// Chance that one registered air-related firm in the cell causes each sign, where no attribution is given.
  public var firmDetection = [0.15, 0.0, 0.03, 0.05]
  /// Least share of a sign's frequency that is background: so many of its cells have it for other reasons.
  public var backgroundShare = [0.5, 0.3, 0.5, 0.5]
  /// Cells with an unregistered source, at first; then learned from the day's evidence within the bounds.
  public var prevalence = 0.005
  /// Bounds of the learned share, so that a day without much evidence cannot move it far.
  public var prevalenceBounds = 0.0002...0.05
  /// Least posterior of a suspect.
  public var minimumPosterior = 0.5
  /// Signs of a suspect, at least: evidence must meet.
  public var minimumSigns = 2
  /// Complaints: tail probability at which a cell has the sign, and reports with a place, at least.
  public var complaintP = 0.05
  /// Reports with a place the cell has, at least; a vague report counts in part.
  public var complaintReports = 0.9
  /// Fires: nights, or days, with a detection, at least.
  public var fireNights = 1
  /// Days with a detection that do where nights are too few, at least.
  public var fireDays = 3
  /// Bin of a hot cell, at least: 1, 2, 3 are 10, 5, 1 % after correction.
  public var hotBin = 2
  /// Robust z of a cell without a bin, at least.
  public var hotZ = 3.0

  public init() {}
}
