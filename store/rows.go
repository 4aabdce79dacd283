package store

import (
	"context"
	"slices"
	"strings"
)

// rowsAtOnce is how many rows one statement writes at most. Engines take more,
// but a text for each number of rows is kept prepared.
const rowsAtOnce = 200

// insertRows writes a row for each item with few statements: head and tail
// surround the placeholders, row, of each, and args are its values.
func insertRows[T any](ctx context.Context, q q, head, row, tail string, items []T, args func(T) []any) error {
	for chunk := range slices.Chunk(items, rowsAtOnce) {
		var values []any
		for _, item := range chunk {
			values = append(values, args(item)...)
		}
		if _, err := q.exec(ctx, head+repeat(row, len(chunk))+tail, values...); err != nil {
			return err
		}
	}
	return nil
}

// repeat returns n rows of placeholders.
func repeat(row string, n int) string {
	return strings.Repeat(row+", ", n-1) + row
}
