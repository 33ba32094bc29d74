# Writes fixtures/reference/spdep.json: what spdep says of the field of local-statistics.json, for the tests.
#
# usage: Rscript tools/reference/spdep.R fixtures/reference/local-statistics.json fixtures/reference/spdep.json
# (Debian: r-cran-spdep r-cran-spdata r-cran-jsonlite)
#
# Queen, rook and inverse distance up to 7.5 km, weights of style B for Gi and Gi*, rows that add up to 1 for local Moran
# and local Geary. localmoran is asked for the conditional variance (Sokal, Oden & Thomson 1998). The permutations of
# spdep before 1.3 draw with repetition, ours without: their p are compared loosely, their classes exactly. R is 9,999.
# Quadrants are those of column "pysal": both sides against 0; column "mean" takes the mean of the lags instead.
suppressMessages({
  library(spdep)
  library(jsonlite)
})
paths <- commandArgs(trailingOnly = TRUE)
field <- fromJSON(paths[1])
cells <- field$cells
x <- field$x
n <- nrow(cells)
steps <- as.matrix(dist(cells))
king <- as.matrix(dist(cells, method = "maximum"))
none <- function(v) ifelse(is.finite(v), v, NA)

# R's list of neighbours says 0 for none.
lists <- function(matrix) {
  nb <- lapply(seq_len(n), function(i) { j <- unname(which(matrix[i, ] > 0)); if (length(j) == 0) 0L else as.integer(j) })
  class(nb) <- "nb"
  attr(nb, "region.id") <- as.character(seq_len(n))
  nb
}
weights <- function(nb, matrix, style) {
  own <- lapply(seq_len(n), function(i) if (nb[[i]][1] == 0) NULL else unname(matrix[i, nb[[i]]]))
  nb2listw(nb, glist = own, style = style, zero.policy = TRUE)
}
case <- function(matrix) {
  nb <- lists(matrix)
  whole <- matrix + diag(n)
  self <- lists(whole)
  attr(self, "self.included") <- TRUE
  binary <- weights(nb, matrix, "B")
  rows <- weights(nb, matrix, "W")
  island <- rowSums(matrix) == 0
  hide <- function(v) none(ifelse(island, NA, as.numeric(v)))
  star <- localG(x, weights(self, whole, "B"), zero.policy = TRUE)
  g <- localG(x, binary, zero.policy = TRUE)
  moran <- localmoran(x, rows, conditional = TRUE, zero.policy = TRUE)
  set.seed(20171122)
  moranPermuted <- localmoran_perm(x, rows, nsim = 9999, zero.policy = TRUE)
  gPermuted <- localG_perm(x, binary, nsim = 9999, zero.policy = TRUE)
  list(
    star = hide(star), g = hide(g), moran = hide(moran[, 1]), moran_z = hide(moran[, 4]),
    quadrant = as.character(attr(moran, "quadr")$pysal),
    permuted_quadrant = as.character(attr(moranPermuted, "quadr")$pysal),
    moran_p_two_sided = hide(moranPermuted[, 6]),
    g_permuted_z = hide(gPermuted),
    geary = hide(localC(x, rows, zero.policy = TRUE)))
}
result <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), spdep = as.character(packageVersion("spdep"))),
  cases = list(
    queen = case((king == 1) * 1), rook = case((steps == 1) * 1),
    "inverse:7500" = case(ifelse(steps > 0 & steps * 3000 <= 7500, 1 / pmax(steps, 1e-9), 0))))
write(toJSON(result, digits = NA, na = "null", auto_unbox = TRUE), paths[2])
