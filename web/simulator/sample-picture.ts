const SIZE = 640;

/** A still life drawn on the spot, for those with no picture at hand. */
export const samplePicture = async (): Promise<File> => {
  const canvas = document.createElement('canvas');
  canvas.width = SIZE;
  canvas.height = SIZE;
  const brush = canvas.getContext('2d');
  if (brush) {
    const hue = Math.floor(Math.random() * 360);
    brush.fillStyle = `hsl(${hue} 40% 88%)`;
    brush.fillRect(0, 0, SIZE, SIZE);
    brush.fillStyle = `hsl(${hue} 25% 72%)`;
    brush.fillRect(0, SIZE * 0.72, SIZE, SIZE * 0.28);
    brush.fillStyle = `hsl(${(hue + 140) % 360} 45% 45%)`;
    brush.beginPath();
    brush.ellipse(SIZE / 2, SIZE * 0.66, SIZE * 0.2, SIZE * 0.16, 0, 0, 2 * Math.PI);
    brush.fill();
    brush.fillRect(SIZE * 0.46, SIZE * 0.36, SIZE * 0.08, SIZE * 0.2);
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.85));
  return new File([blob ?? ''], 'muestra.jpg', { type: 'image/jpeg' });
};
