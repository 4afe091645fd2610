/* Writes a JPEG of the inks Y, Cb, Cr and K, out of a PPM without comments. The samples
   are stored as Adobe's programs do: 255 stands for no ink. */
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>

int main(void) {
  struct jpeg_compress_struct c;
  struct jpeg_error_mgr err;
  unsigned width, height, max;

  if (scanf("P6 %u %u %u", &width, &height, &max) != 3) return 1;
  getchar();

  c.err = jpeg_std_error(&err);
  jpeg_create_compress(&c);
  jpeg_stdio_dest(&c, stdout);
  c.image_width = width;
  c.image_height = height;
  c.input_components = 4;
  c.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&c);
  jpeg_set_colorspace(&c, JCS_YCCK);
  jpeg_set_quality(&c, 95, TRUE);
  jpeg_start_compress(&c, TRUE);

  JSAMPROW row = malloc(4 * width);

  while (c.next_scanline < height) {
    for (unsigned i = 0; i < 4 * width; i++) row[i] = i % 4 == 3 ? 255 : getchar();
    jpeg_write_scanlines(&c, &row, 1);
  }

  jpeg_finish_compress(&c);

  return 0;
}
